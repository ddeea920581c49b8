// The rule of loss-scale.ts on the device, at the point of a step where all gradients are known and nothing is updated yet: tells the optimizer's
// kernels whether the step is taken and what its gradients are multiplied by, takes the scale off the loss, and moves the scale on to the next
// step.
//
// Kernel, a word each unless noted: `flag` (not 0 where a gradient overflowed; in place, cleared for the next step), `scale`, `memory` (inverse
// of the scale, good steps since it changed) and `skipped` (in place), `used` (the scale in force in this step), `hyper` (the optimizer's,
// fused/hyper-buffer.ts), `loss` (scaled), `unscaled` (the same without). Grid: one workgroup, of which one invocation works. Limits: eight
// storage buffers. Oracle: `nextLossScale`, bit for bit; torch's GradScaler (test/reference/grad-scaler.py).

import type { Scalar, Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { flatEntryPoint, kernelWorkgroupSize } from '../backend/raw-kernel.ts';
import { writeScaling } from '../optim/fused/hyper-buffer.ts';
import { largestScale, smallestScale, type LossScaleOptions } from './loss-scale.ts';

/** What the device keeps of a loss scale; every step changes it. */
export interface LossScaleTensors {
  /** What the loss of the step that comes is multiplied by. */
  readonly scale: Scalar;
  /** The scale that was in force in the last step; the current one before the first. */
  readonly used: Scalar;
  /** Steps skipped so far. */
  readonly skipped: Scalar;
  /** The inverse of the scale, and the good steps since it changed. */
  readonly memory: Tensor;
  /** The place, from 1, of the last gradient of the step under way that overflowed, else 0. */
  readonly flag: Scalar;
  /** The same of the last step. */
  readonly overflowed: Scalar;
}

/** Records it, once the flag is set. `loss` and `unscaled` are scalars, the latter written. */
export function recordLossScaleUpdate(
  backend: LockstepBackend,
  options: Required<LossScaleOptions>,
  { flag, scale, memory, used, skipped }: LossScaleTensors,
  { hyper, loss, unscaled }: { readonly hyper: TensorInfo; readonly loss: TensorInfo; readonly unscaled: TensorInfo },
): void {
  const { growthFactor, backoffFactor, growthInterval, isDynamic } = options;
  const kept = [flag, scale, memory, used, skipped, hyper].map(({ dataId }) => dataId);
  backend.dispatch({
    key: 'loss_scale_update',
    wgsl,
    tensors: [...kept, loss.dataId, unscaled.dataId],
    writes: kept,
    uniforms: [
      { type: 'float32', data: [growthFactor] },
      { type: 'float32', data: [backoffFactor] },
      { type: 'float32', data: [growthInterval] },
      { type: 'uint32', data: [isDynamic ? 1 : 0] },
    ],
    invocationCount: kernelWorkgroupSize,
  });
}

const bindings = [
  'var<storage, read_write> flag: u32',
  'var<storage, read_write> scale: f32',
  'var<storage, read_write> memory: array<f32, 2>',
  'var<storage, read_write> used: f32',
  'var<storage, read_write> skipped: f32',
  'var<storage, read_write> hyper: array<f32>',
  'var<storage, read> loss: f32',
  'var<storage, read_write> unscaled: f32',
];

/** Exact for a power of two, where WGSL's division may be off by a bit or two. */
const inverseFunction = `fn inverseOf(value: f32) -> f32 {
  let bits = bitcast<u32>(value);
  return select(1.0 / value, bitcast<f32>(0x7f000000u - bits), (bits & 0x7fffffu) == 0u);
}`;

const wgsl = `struct Uniforms { growthFactor: f32, backoffFactor: f32, growthInterval: f32, isDynamic: u32 };
${bindings.map((binding, index) => `@group(0) @binding(${index}) ${binding};`).join('\n')}
@group(0) @binding(${bindings.length}) var<uniform> uniforms: Uniforms;
${inverseFunction}
${flatEntryPoint(`if (i != 0u) { return; }
  let isOverflow = flag != 0u;
  flag = 0u;
  used = scale;
  unscaled = loss * memory[0];
  ${writeScaling('memory[0]', 'isOverflow', 'skipped')}
  skipped += select(0.0, 1.0, isOverflow);
  if (uniforms.isDynamic == 0u) { return; }
  memory[1] = select(memory[1] + 1.0, 0.0, isOverflow);
  if (!isOverflow && memory[1] < uniforms.growthInterval) { return; }
  memory[1] = 0.0;
  let moved = scale * select(uniforms.growthFactor, uniforms.backoffFactor, isOverflow);
  if (moved >= ${smallestScale}f && moved <= ${largestScale}f) {
    scale = moved;
    memory[0] = inverseOf(moved);
  }`)}`;
