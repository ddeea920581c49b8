// The update of one weight, in place. A weight whose size four divides is read and written four values at a time, which takes llvmpipe half as
// long: rules are written so that they hold for an f32 as for a vec4. Several weights in one program were tried: a step then has 3 dispatches
// instead of 7 (MLP, Adam), but the program for three weights compiles for 2.8 s of a core on llvmpipe, and the one for one in 0.6 s.
//
// A weight that is kept in f16 is read exactly, updated in f32 and rounded once, w ← f16(w − Δ), by integers (f16/encode-wgsl.ts).
//
// Kernel: `hyper` (hyper-buffer.ts), the weight (f32, vec4 or f16, in place), its gradient, its slots (in place); uniforms: how many values, or
// fours, and how many values. A step that is skipped writes nothing.
// Grid: one invocation per value, or four. Limits: 3 + slots storage buffers at most.
// Oracle: PyTorch in float64 and tfjs's ops (test/browser/engine/fused-optim.test.ts), NumPy's float16 (test/reference/precision-modes.py). Error: a
// few f32 roundings a step, as tfjs's ops.

import type { Optimizer } from '@tensorflow/tfjs';
import { flatEntryPoint } from '../../backend/raw-kernel.ts';
import type { Clip } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';
import { clipFactorWord, firstGivenWord, hyperConstants, isSkipped } from './hyper-buffer.ts';
import { accessWgsl, bindingWgsl, type StoredAs, type UpdateBuffer } from './stored-values.ts';

/** How the tensors of one update are stored; slots in the order of the rule. */
export interface UpdateStorage {
  readonly weight: StoredAs;
  readonly gradient: StoredAs;
  readonly slots: readonly StoredAs[];
}

/** WGSL of the update of a weight. */
export function updateWgsl(rule: UpdateRule, optimizer: Optimizer, clip: Clip | null, storage: UpdateStorage): string {
  const slots = rule.slots.map(({ name }) => name);
  const buffers: readonly UpdateBuffer[] = [
    { name: 'weights', storedAs: storage.weight, isWritten: true },
    { name: 'gradients', storedAs: storage.gradient, isWritten: false },
    ...slots.map((name, index) => ({ name: `${name}Values`, storedAs: storage.slots[index] ?? storage.weight, isWritten: true })),
  ];
  const type = storage.weight === 'f32' ? 'f32' : 'vec4<f32>';
  const given = (rule.scalars?.given ?? []).map((name, word) => `let ${name} = hyper[${firstGivenWord + word}];`);
  return `struct Uniforms { length: u32, size: u32 };
@group(0) @binding(0) var<storage, read> hyper: array<f32>;
${buffers.map((buffer, index) => `@group(0) @binding(${1 + index}) ${bindingWgsl(buffer)}`).join('\n')}
@group(0) @binding(${1 + buffers.length}) var<uniform> uniforms: Uniforms;
${accessWgsl(buffers)}
${clip?.by === 'value' ? clipValueFunction(type) : ''}
${flatEntryPoint(`if (i >= uniforms.length || ${isSkipped}) { return; }
  ${hyperConstants(rule, optimizer)} ${given.join(' ')}
  let zero = ${type}(0.0);
  var w = load_weights(i);
  let g = ${clipped('load_gradients(i) * gradientFactor', clip)};
  ${slots.map((name) => `var ${name} = load_${name}Values(i);`).join(' ')}
  ${rule.update}
  store_weights(i, w);
  ${slots.map((name) => `store_${name}Values(i, ${name});`).join(' ')}`)}`;
}

/** WGSL's clamp may turn a NaN into a limit, and a broken step would look like a good one. */
function clipValueFunction(values: 'f32' | 'vec4<f32>'): string {
  const words = values === 'f32' ? 'u32' : 'vec4<u32>';
  return `fn clipValue(g: ${values}, limit: f32) -> ${values} {
  let isNaN = (bitcast<${words}>(g) & ${words}(0x7fffffffu)) > ${words}(0x7f800000u);
  return select(clamp(g, ${values}(-limit), ${values}(limit)), g, isNaN);
}`;
}

function clipped(gradient: string, clip: Clip | null): string {
  if (clip === null) return gradient;
  return clip.by === 'norm' ? `${gradient} * hyper[${clipFactorWord}]` : `clipValue(${gradient}, clipLimit)`;
}
