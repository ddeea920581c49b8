// An optimizer step on our own WebGPU backend: with tfjs's ops some fourteen dispatches per weight (Adam), here one, and one before them all.
// Weights and slots are changed in place. Whoever holds another reference to a tensor (`weight.clone()`) would see it change: then the weight
// gets a buffer of its own first.

import type { Optimizer, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { wgslOnce } from '../../backend/raw-kernel.ts';
import { storePlainly } from '../../capture/separate.ts';
import { isKeptInF16 } from '../../f16/kept-in-f16.ts';
import type { FloatValues } from '../../kernels/over-chunks.ts';
import { tf } from '../../tf.ts';
import { scalarField } from '../optimizer-fields.ts';
import { slotsOf } from '../slots.ts';
import { storeSlots } from '../state-storage.ts';
import { clipOf } from '../step-options.ts';
import type { NamedGradient, UpdateRule } from '../update-rule.ts';
import { recordBeginning } from './begin-kernel.ts';
import { recordSquaredNorm } from './gradient-norm.ts';
import { beginHyperStep } from './hyper-buffer.ts';
import { updateWgsl, type UpdateStorage } from './update-kernel.ts';

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
  record(hyper: Tensor, gradients: readonly FloatValues[]): void;
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
  storeSlots(optimizer); // where this was their first step
  const scalars = (rule.scalars?.fields ?? []).map((field) => scalarField(optimizer, field));
  for (const variable of [...updates.flatMap(({ weight, slots }) => [weight, ...slots]), ...scalars]) ownBuffer(backend, variable);
  const hyper = beginHyperStep(backend, rule, optimizer, typeof scaling === 'number' ? scaling : () => scaling.begin());
  const ready = updates.map((update) => ({ ...update, gradient: backend.toFloats(update.gradient) }));
  const values = ready.map(({ weight: { size }, gradient }) => ({ dataId: gradient.dataId, size, isF16: backend.isF16(gradient) }));
  if (typeof scaling !== 'number') scaling.record(hyper, values);
  const isByNorm = clipOf(optimizer)?.by === 'norm';
  const partials = isByNorm ? recordSquaredNorm(backend, hyper, values) : null;
  if (scalars.length > 0 || partials !== null) recordBeginning(backend, { rule, optimizer, hyper, scalars, partials });
  for (const update of ready) recordUpdate(backend, rule, optimizer, hyper, update);
  for (const { gradient } of ready) backend.disposeData(gradient.dataId);
  if (partials !== null) backend.disposeData(partials.dataId);
  return true;
}

function recordUpdate(backend: LockstepBackend, rule: UpdateRule, optimizer: Optimizer, hyper: Tensor, update: WeightUpdate): void {
  const { weight, gradient, slots } = update;
  const clip = clipOf(optimizer);
  const storage = storageOf(backend, update);
  const length = storage.weight === 'f32' ? weight.size : Math.ceil(weight.size / 4);
  const all = [storage.weight, storage.gradient, ...storage.slots];
  const halves = all.includes('f16') ? `|f16:${all.join(',')}` : '';
  const key = `optim_${rule.name}_${clip?.by ?? 'plain'}_${storage.weight === 'f32' ? 1 : 4}${halves}`;
  backend.dispatch({
    key,
    wgsl: wgslOnce(key, () => updateWgsl(rule, optimizer, clip, storage)),
    tensors: [hyper, weight, gradient, ...slots].map(({ dataId }) => dataId),
    writes: [weight, ...slots].map(({ dataId }) => dataId),
    uniforms: [length, weight.size].map((value) => ({ type: 'uint32', data: [value] })),
    invocationCount: length,
  });
}

/** By fours where that works out, which it always does beside f16, whose buffers are padded. */
function storageOf(backend: LockstepBackend, { weight, gradient, slots }: WeightUpdate): UpdateStorage {
  const tensors = [weight, gradient, ...slots];
  const isWhole = weight.size % 4 === 0;
  const ofF32 = isWhole ? 'vec4' : tensors.some((tensor) => backend.isF16(tensor)) ? 'ragged' : 'f32';
  const storedAs = (tensor: TensorInfo) => (backend.isF16(tensor) ? 'f16' : ofF32);
  return { weight: storedAs(weight), gradient: storedAs(gradient), slots: slots.map(storedAs) };
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
    if (weight === undefined || !isOurs(backend, weight)) return null;
    const slots = slotsOf(optimizer, rule.slots, index, weight);
    if (gradient == null) continue;
    const fits = gradient.dtype === 'float32' && isHere(backend, gradient) && tf.util.arraysEqual(gradient.shape, weight.shape);
    if (!fits || !slots.every((slot) => isOurs(backend, slot) && slot.size === weight.size)) return null;
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

/** Whether it can be written to in place: f32, or f16 for good. */
function isOurs(backend: LockstepBackend, variable: Variable): boolean {
  if (variable.dtype !== 'float32' || !isHere(backend, variable)) return false;
  return backend.isF16(variable) ? isKeptInF16(variable) : backend.isPlainF32(variable);
}

/** Gives a variable that shares its buffer a copy. */
function ownBuffer(backend: LockstepBackend, variable: Variable): void {
  if (!backend.isShared(variable)) return;
  const copy = tf.engine().makeTensorFromTensorInfo(backend.copy(variable), backend);
  variable.assign(copy);
  copy.dispose();
}
