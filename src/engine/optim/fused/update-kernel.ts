// The update of several weights in one dispatch, in place. Each weight keeps buffers of its own; one invocation finds the weight that its
// flat index falls into.
//
// Kernel: `hyper` (hyper-buffer.ts), then per weight w (f32, in place), its gradient (f32), its slots (f32, in place); uniforms: the weights'
// sizes. Grid: one invocation per element of all of them. Limits: 1 + weights × (2 + slots) storage buffers.
// Oracle: PyTorch in float64 and closed forms (test/browser/engine/fused-optim.test.ts). Error: a few f32 roundings a step, as tfjs's ops.

import type { Optimizer } from '@tensorflow/tfjs';
import { flatEntryPoint } from '../../backend/raw-kernel.ts';
import type { Clip } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';
import { clipFactorWord, firstGivenWord, hyperConstants } from './hyper-buffer.ts';

/** More would compile longer than they save. */
const mostWeights = 4;

/** How many weights one dispatch takes, by what a program may bind. */
export function weightsPerDispatch(rule: UpdateRule, limits: GPUSupportedLimits): number {
  const fitting = Math.floor((limits.maxStorageBuffersPerShaderStage - 1) / (2 + rule.slots.length));
  return Math.max(1, Math.min(mostWeights, fitting));
}

/** WGSL of the update of so many weights. */
export function updateWgsl(rule: UpdateRule, optimizer: Optimizer, clip: Clip | null, weightCount: number): string {
  const weights = Array.from({ length: weightCount }, (_, weight) => weight);
  const slots = rule.slots.map(({ name }) => name);
  const perWeight = 2 + slots.length;
  const bindings = weights.flatMap((weight) => [
    `var<storage, read_write> weight${weight}`,
    `var<storage, read> gradient${weight}`,
    ...slots.map((name) => `var<storage, read_write> ${name}${weight}`),
  ]);
  const given = (rule.scalars?.given ?? []).map((name, word) => `let ${name} = hyper[${firstGivenWord + word}];`);
  const update = (weight: number) => `if (at < uniforms.size${weight}) {
    var w = weight${weight}[at];
    let g = ${clipped(`(gradient${weight}[at] * gradientFactor)`, clip)};
    ${slots.map((name) => `var ${name} = ${name}${weight}[at];`).join(' ')}
    ${rule.update}
    weight${weight}[at] = w;
    ${slots.map((name) => `${name}${weight}[at] = ${name};`).join(' ')}
    return;
  }
  at -= uniforms.size${weight};`;
  return `struct Uniforms { ${weights.map((weight) => `size${weight}: u32`).join(', ')} };
@group(0) @binding(0) var<storage, read> hyper: array<f32>;
${bindings.map((binding, index) => `@group(0) @binding(${1 + index}) ${binding}: array<f32>;`).join('\n')}
@group(0) @binding(${1 + weightCount * perWeight}) var<uniform> uniforms: Uniforms;
${clip?.by === 'value' ? clipValueFunction : ''}
${flatEntryPoint(`${hyperConstants(rule, optimizer)} ${given.join(' ')}
  var at = i;
  ${weights.map(update).join('\n  ')}`)}`;
}

/** WGSL's clamp may turn a NaN into a limit, and a broken step would look like a good one. */
const clipValueFunction = `fn clipValue(g: f32, limit: f32) -> f32 {
  return select(clamp(g, -limit, limit), g, (bitcast<u32>(g) & 0x7fffffffu) > 0x7f800000u);
}`;

function clipped(gradient: string, clip: Clip | null): string {
  if (clip === null) return gradient;
  return clip.by === 'norm' ? `${gradient} * hyper[${clipFactorWord}]` : `clipValue${gradient.replace(/\)$/, ', clipLimit)')}`;
}
