// The update of one weight, in place. A weight whose size four divides is read and written four values at a time, which takes llvmpipe half as
// long: rules are written so that they hold for an f32 as for a vec4. Several weights in one program were tried: a step then has 3 dispatches
// instead of 7 (MLP, Adam), but the program for three weights compiles for 2.8 s of a core on llvmpipe, and the one for one in 0.6 s.
//
// Kernel: `hyper` (hyper-buffer.ts), the weight (f32 or vec4, in place), its gradient, its slots (in place); uniform: how many values, or fours.
// A step that is skipped writes nothing.
// Grid: one invocation per value, or four. Limits: 3 + slots storage buffers at most.
// Oracle: PyTorch in float64 and tfjs's ops (test/browser/engine/fused-optim.test.ts). Error: a few f32 roundings a step, as tfjs's ops.

import type { Optimizer } from '@tensorflow/tfjs';
import { flatEntryPoint } from '../../backend/raw-kernel.ts';
import type { Clip } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';
import { clipFactorWord, firstGivenWord, hyperConstants, isSkipped } from './hyper-buffer.ts';

/** How many values of a weight an invocation takes. */
export type Width = 1 | 4;

/** Four where they divide a weight's size. */
export function widthOf(size: number): Width {
  return size % 4 === 0 ? 4 : 1;
}

/** WGSL of the update of a weight that is taken so many values at a time. */
export function updateWgsl(rule: UpdateRule, optimizer: Optimizer, clip: Clip | null, width: Width): string {
  const slots = rule.slots.map(({ name }) => name);
  const inPlace = slots.map((name) => `var<storage, read_write> ${name}Values`);
  const bindings = ['var<storage, read_write> weights', 'var<storage, read> gradients', ...inPlace];
  const given = (rule.scalars?.given ?? []).map((name, word) => `let ${name} = hyper[${firstGivenWord + word}];`);
  return `struct Uniforms { length: u32 };
@group(0) @binding(0) var<storage, read> hyper: array<f32>;
${bindings.map((binding, index) => `@group(0) @binding(${1 + index}) ${binding}: array<${typeOf(width)}>;`).join('\n')}
@group(0) @binding(${1 + bindings.length}) var<uniform> uniforms: Uniforms;
${clip?.by === 'value' ? clipValueFunction(width) : ''}
${flatEntryPoint(`if (i >= uniforms.length || ${isSkipped}) { return; }
  ${hyperConstants(rule, optimizer)} ${given.join(' ')}
  let zero = ${typeOf(width)}(0.0);
  var w = weights[i];
  let g = ${clipped('gradients[i] * gradientFactor', clip)};
  ${slots.map((name) => `var ${name} = ${name}Values[i];`).join(' ')}
  ${rule.update}
  weights[i] = w;
  ${slots.map((name) => `${name}Values[i] = ${name};`).join(' ')}`)}`;
}

function typeOf(width: Width): string {
  return width === 4 ? 'vec4<f32>' : 'f32';
}

/** WGSL's clamp may turn a NaN into a limit, and a broken step would look like a good one. */
function clipValueFunction(width: Width): string {
  const [values, words] = [typeOf(width), width === 4 ? 'vec4<u32>' : 'u32'];
  return `fn clipValue(g: ${values}, limit: f32) -> ${values} {
  let isNaN = (bitcast<${words}>(g) & ${words}(0x7fffffffu)) > ${words}(0x7f800000u);
  return select(clamp(g, ${values}(-limit), ${values}(limit)), g, isNaN);
}`;
}

function clipped(gradient: string, clip: Clip | null): string {
  if (clip === null) return gradient;
  return clip.by === 'norm' ? `${gradient} * hyper[${clipFactorWord}]` : `clipValue(${gradient}, clipLimit)`;
}
