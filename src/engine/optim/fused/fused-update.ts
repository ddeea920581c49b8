// An optimizer step on our own WebGPU backend: with tfjs's ops some fourteen dispatches per weight (Adam), here one, and one before them all.
// Weights and slots are changed in place. Whoever holds another reference to a tensor (`weight.clone()`) would see it change: then the weight
// gets a buffer of its own first.

import type { Optimizer, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { wgslOnce } from '../../backend/raw-kernel.ts';
import { storePlainly } from '../../capture/separate.ts';
import type { PlainValues } from '../../kernels/over-chunks.ts';
import { tf } from '../../tf.ts';
import { scalarField } from '../optimizer-fields.ts';
import { slotsOf } from '../slots.ts';
import { clipOf } from '../step-options.ts';
import type { NamedGradient, UpdateRule } from '../update-rule.ts';
import { recordBeginning } from './begin-kernel.ts';
import { recordSquaredNorm } from './gradient-norm.ts';
import { beginHyperStep } from './hyper-buffer.ts';
import { updateWgsl, widthOf } from './update-kernel.ts';

/** A weight with what its update reads and writes. */
interface WeightUpdate {
  readonly weight: Variable;
  readonly gradient: TensorInfo;
  readonly slots: readonly Variable[];
}

/** Decides on the device whether the step is taken, and by what its gradients are multiplied. */
export interface DeviceScaling {
  /** A step begins; how many of those before it were skipped, as far as the host has heard. */
  begin(): number;
  /** Records commands that write the decision into `hyper` (hyper-buffer.ts), given all gradients as they are. */
  record(hyper: Tensor, gradients: readonly PlainValues[]): void;
}

/** Our own backend where it is the active one. */
export function fusedBackend(): LockstepBackend | null {
  const backend = tf.backend();
  return backend instanceof LockstepBackend ? backend : null;
}

/**
 * Records the step; gradients count times a factor, which is `scaling` or what that decides. False, and nothing done, where a tensor is not a
 * plain one of this backend or a gradient has another shape than its weight: tfjs knows what to do, or what to say.
 */
export function recordFusedUpdate(
  backend: LockstepBackend,
  rule: UpdateRule,
  optimizer: Optimizer,
  gradients: readonly NamedGradient[],
  scaling: number | DeviceScaling,
): boolean {
  if (typeof scaling !== 'number') storeWeightsPlainly(backend, gradients);
  const updates = updatesOf(backend, rule, optimizer, gradients);
  if (updates === null) return false;
  const scalars = (rule.scalars?.fields ?? []).map((field) => scalarField(optimizer, field));
  for (const variable of [...updates.flatMap(({ weight, slots }) => [weight, ...slots]), ...scalars]) ownBuffer(backend, variable);
  const hyper = beginHyperStep(backend, rule, optimizer, typeof scaling === 'number' ? scaling : () => scaling.begin());
  const plain = updates.map((update) => ({ ...update, gradient: backend.toF32(update.gradient) }));
  const values = plain.map(({ weight: { size }, gradient: { dataId } }) => ({ dataId, size }));
  if (typeof scaling !== 'number') scaling.record(hyper, values);
  const isByNorm = clipOf(optimizer)?.by === 'norm';
  const partials = isByNorm ? recordSquaredNorm(backend, hyper, values) : null;
  if (scalars.length > 0 || partials !== null) recordBeginning(backend, { rule, optimizer, hyper, scalars, partials });
  for (const update of plain) recordUpdate(backend, rule, optimizer, hyper, update);
  for (const { gradient } of plain) backend.disposeData(gradient.dataId);
  if (partials !== null) backend.disposeData(partials.dataId);
  return true;
}

function recordUpdate(backend: LockstepBackend, rule: UpdateRule, optimizer: Optimizer, hyper: Tensor, update: WeightUpdate): void {
  const { weight, gradient, slots } = update;
  const clip = clipOf(optimizer);
  const width = widthOf(weight.size);
  const length = weight.size / width;
  const key = `optim_${rule.name}_${clip?.by ?? 'plain'}_${width}`;
  backend.dispatch({
    key,
    wgsl: wgslOnce(key, () => updateWgsl(rule, optimizer, clip, width)),
    tensors: [hyper, weight, gradient, ...slots].map(({ dataId }) => dataId),
    writes: [weight, ...slots].map(({ dataId }) => dataId),
    uniforms: [{ type: 'uint32', data: [length] }],
    invocationCount: length,
  });
}

/** Null where one of them is nothing for us. */
function updatesOf(
  backend: LockstepBackend,
  rule: UpdateRule,
  optimizer: Optimizer,
  gradients: readonly NamedGradient[],
): readonly WeightUpdate[] | null {
  const updates: WeightUpdate[] = [];
  for (const [index, { name, tensor: gradient }] of gradients.entries()) {
    const weight = tf.engine().registeredVariables[name];
    if (weight === undefined || !isPlain(backend, weight)) return null;
    const slots = slotsOf(optimizer, rule.slots, index, weight);
    if (gradient == null) continue;
    const isOurs = gradient.dtype === 'float32' && isHere(backend, gradient) && tf.util.arraysEqual(gradient.shape, weight.shape);
    if (!isOurs || !slots.every((slot) => isPlain(backend, slot) && slot.size === weight.size)) return null;
    if (weight.size > 0) updates.push({ weight, gradient, slots });
  }
  return updates;
}

/** There is no other way for this step. */
function storeWeightsPlainly(backend: LockstepBackend, gradients: readonly NamedGradient[]): void {
  for (const { name } of gradients) {
    const weight = tf.engine().registeredVariables[name];
    if (weight !== undefined && isHere(backend, weight)) storePlainly(backend, weight);
  }
}

function isHere(backend: LockstepBackend, tensor: Tensor): boolean {
  return !tensor.isDisposed && backend.internals.tensorMap.has(tensor.dataId);
}

function isPlain(backend: LockstepBackend, tensor: Tensor): boolean {
  return tensor.dtype === 'float32' && isHere(backend, tensor) && backend.isPlainF32(tensor);
}

/** Gives a variable that shares its buffer a copy. */
function ownBuffer(backend: LockstepBackend, variable: Variable): void {
  if (!backend.isShared(variable)) return;
  const copy = tf.engine().makeTensorFromTensorInfo(backend.copy(variable), backend);
  variable.assign(copy);
  copy.dispose();
}
