// What a step needs to know before its update and only the device can say: the clipping factor from the gradients' partial sums, and what the
// rule's scalars give (bias corrections from running products of β), which move on to the next step here, unless this one is skipped.
//
// Kernel: `hyper` (in place), the scalars (f32, one value each, in place), with clipping by norm `partials` (f32); uniform: how many of those.
// Grid: one workgroup. Oracle: as gradient-norm.ts and update-kernel.ts.

import type { Optimizer, TensorInfo, Variable } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { flatEntryPoint, kernelWorkgroupSize, wgslOnce } from '../../backend/raw-kernel.ts';
import { clipNormEpsilon } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';
import { clipFactorWord, firstGivenWord, hyperConstants, isSkipped } from './hyper-buffer.ts';

/** What the kernel works on. */
export interface Beginning {
  readonly rule: UpdateRule;
  readonly optimizer: Optimizer;
  readonly hyper: TensorInfo;
  readonly scalars: readonly Variable[];
  /** Partial sums of the squared norm; null where gradients are not clipped by it. */
  readonly partials: TensorInfo | null;
}

/** Records it. */
export function recordBeginning(backend: LockstepBackend, { rule, optimizer, hyper, scalars, partials }: Beginning): void {
  const key = `optim_begin_${rule.name}${partials === null ? '' : '_norm'}`;
  const inPlace = [hyper, ...scalars].map(({ dataId }) => dataId);
  backend.dispatch({
    key,
    wgsl: wgslOnce(key, () => beginWgsl(rule, optimizer, partials !== null)),
    tensors: [...inPlace, ...(partials === null ? [] : [partials.dataId])],
    writes: inPlace,
    uniforms: [{ type: 'uint32', data: [partials?.shape[0] ?? 0] }],
    invocationCount: kernelWorkgroupSize,
  });
}

function beginWgsl(rule: UpdateRule, optimizer: Optimizer, hasNorm: boolean): string {
  const { fields, given, begin } = rule.scalars ?? { fields: [], given: [], begin: '' };
  return `struct Uniforms { count: u32 };
@group(0) @binding(0) var<storage, read_write> hyper: array<f32>;
${fields.map((name, index) => `@group(0) @binding(${1 + index}) var<storage, read_write> ${name}Buffer: array<f32>;`).join('\n')}
${hasNorm ? `@group(0) @binding(${1 + fields.length}) var<storage, read> partials: array<f32>;` : ''}
@group(0) @binding(${1 + fields.length + (hasNorm ? 1 : 0)}) var<uniform> uniforms: Uniforms;
${hasNorm ? `var<workgroup> sums: array<f32, ${kernelWorkgroupSize}>;` : ''}
${flatEntryPoint(`${hasNorm ? sumPartials : noPartials}
  if (i != 0u || ${isSkipped}) { return; }
  ${hyperConstants(rule, optimizer)}
  ${hasNorm ? clipFactor : ''}
  ${fields.map((name) => `var ${name} = ${name}Buffer[0];`).join(' ')}
  ${given.map((name) => `var ${name}: f32;`).join(' ')}
  ${begin}
  ${given.map((name, word) => `hyper[${firstGivenWord + word}] = ${name};`).join(' ')}
  ${fields.map((name) => `${name}Buffer[0] = ${name};`).join(' ')}`)}`;
}

const sumPartials = `var sum = 0.0;
  for (var k = i; k < uniforms.count; k += ${kernelWorkgroupSize}u) { sum += partials[k]; }
  sums[i] = sum;
  workgroupBarrier();`;

/** Every call binds a uniform buffer, and a binding that a program does not name is not in its layout. */
const noPartials = '_ = uniforms.count;';

/** A norm that is NaN stays one in the factor: the comparison is false. */
const clipFactor = `var total = 0.0;
  for (var k = 0u; k < ${kernelWorkgroupSize}u; k++) { total += sums[k]; }
  let ratio = clipLimit / (sqrt(total) + ${clipNormEpsilon});
  hyper[${clipFactorWord}] = select(ratio, 1.0, ratio > 1.0);`;
