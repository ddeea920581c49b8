// `applyGradients` of tfjs's optimizers, replaced: on our WebGPU backend an update in place (fused/), elsewhere tfjs's own, or the rule's ops
// where tfjs computes something else than the optimizer says. So a program's `tf.train.adam(…)`, `minimize` and `model.compile('adam')` get it
// unchanged. Slots stay in tfjs's fields.

import type { NamedTensorMap, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { roundingOnce } from '../f16/kept-in-f16.ts';
import { disposeHyper } from './fused/hyper-buffer.ts';
import { fusedBackend, recordFusedUpdate, type DeviceScaling } from './fused/fused-update.ts';
import { fieldsOf, numberField } from './optimizer-fields.ts';
import { setLearningRate } from './learning-rate.ts';
import { adadelta } from './rules/adadelta.ts';
import { adagrad } from './rules/adagrad.ts';
import { adam, adamW } from './rules/adam.ts';
import { adamax } from './rules/adamax.ts';
import { centredRmsprop, rmsprop } from './rules/rmsprop.ts';
import { momentum, nesterov, sgd } from './rules/sgd.ts';
import { gradientList } from './slots.ts';
import { storeSlots } from './state-storage.ts';
import { clipNormEpsilon, clipOf, scheduledRate } from './step-options.ts';
import type { NamedGradient, UpdateRule } from './update-rule.ts';

type Gradients = NamedTensorMap | readonly NamedGradient[];

/** What is replaced of a class. */
interface OptimizerPrototype {
  applyGradients(gradients: Gradients): void;
  dispose(): void;
}

const ruleOfClass: readonly (readonly [OptimizerPrototype, (optimizer: Optimizer) => UpdateRule])[] = [
  [tf.SGDOptimizer.prototype, () => sgd],
  [tf.MomentumOptimizer.prototype, (optimizer) => (fieldsOf(optimizer)['useNesterov'] === true ? nesterov : momentum)],
  [tf.AdamOptimizer.prototype, (optimizer) => ('weightDecay' in optimizer ? adamW : adam)],
  [tf.AdamaxOptimizer.prototype, () => adamax],
  [tf.RMSPropOptimizer.prototype, (optimizer) => (fieldsOf(optimizer)['centered'] === true ? centredRmsprop : rmsprop)],
  [tf.AdagradOptimizer.prototype, () => adagrad],
  [tf.AdadeltaOptimizer.prototype, () => adadelta],
];

let isInstalled = false;

/** Replaces them, once per page or worker. */
export function installOptimizers(): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const [prototype, ruleOf] of ruleOfClass) {
    const { applyGradients, dispose } = prototype;
    prototype.applyGradients = function (this: Optimizer, gradients) {
      apply(this, ruleOf(this), gradientList(gradients), (list) => applyGradients.call(this, list));
    };
    prototype.dispose = function (this: Optimizer) {
      dispose.call(this);
      disposeHyper(this);
    };
  }
}

/** Whether an optimizer is one of tfjs's, or a class made from one. */
export function isKnownOptimizer(optimizer: Optimizer): boolean {
  return ruleOfClass.some(([prototype]) => Object.prototype.isPrototypeOf.call(prototype, optimizer));
}

/** `applyGradients` with every gradient times a factor, such as one over the loss scale; the gradients stay the caller's. */
export function applyTimes(optimizer: Optimizer, gradients: NamedTensorMap, factor: number): void {
  if (applyFused(optimizer, gradients, factor)) return;
  tf.tidy(() => {
    const scaled = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul<Tensor>(gradient, factor)] as const);
    optimizer.applyGradients(Object.fromEntries(scaled));
  });
}

/** Whether the device can decide alone if a step of this optimizer is taken: not where it is the program's own code. */
export function skipsOnDevice(optimizer: Optimizer): boolean {
  return fusedBackend() !== null && ownRuleOf(optimizer) !== null;
}

/**
 * `applyGradients` of an optimizer that `skipsOnDevice`, as the device decides; the gradients stay the caller's. Throws `not-supported` for
 * weights and gradients that cannot be updated in place.
 */
export function applyScaled(optimizer: Optimizer, gradients: NamedTensorMap, scaling: DeviceScaling): void {
  if (applyFused(optimizer, gradients, scaling)) return;
  throw new PlaygroundError(
    'not-supported',
    'optimizer: expected f32 weights, and gradients of their shapes, with a loss scale on the GPU, got others. Train in fp32, or with lossScale off.',
    { place: 'optimizer' },
  );
}

/** False where it cannot be done in place. */
function applyFused(optimizer: Optimizer, gradients: NamedTensorMap, scaling: number | DeviceScaling): boolean {
  const backend = fusedBackend();
  const rule = ownRuleOf(optimizer);
  if (backend === null || rule === null) return false;
  return backend.timing.notes.during('update', () => recordFusedUpdate(backend, rule, optimizer, gradientList(gradients), scaling));
}

/** Null for a program's own `applyGradients`, which is handed what it expects: gradients that are unscaled already. */
function ownRuleOf(optimizer: Optimizer): UpdateRule | null {
  return ruleOfClass.find(([{ applyGradients }]) => applyGradients === optimizer.applyGradients)?.[1](optimizer) ?? null;
}

function apply(
  optimizer: Optimizer,
  rule: UpdateRule,
  gradients: readonly NamedGradient[],
  stock: (gradients: readonly NamedGradient[]) => void,
): void {
  const backend = fusedBackend();
  if (backend === null) return applyInOps(optimizer, rule, gradients, stock);
  backend.timing.notes.during('update', () => {
    if (!recordFusedUpdate(backend, rule, optimizer, gradients, 1)) applyInOps(optimizer, rule, gradients, stock);
  });
}

function applyInOps(
  optimizer: Optimizer,
  rule: UpdateRule,
  gradients: readonly NamedGradient[],
  stock: (gradients: readonly NamedGradient[]) => void,
): void {
  atScheduledRate(optimizer, () => {
    tf.tidy(() => {
      const clipped = clippedInOps(optimizer, gradients);
      roundingOnce(() => (rule.inOps === undefined ? stock(clipped) : rule.inOps(optimizer, clipped, stock)));
      storeSlots(optimizer); // where this was their first step
    });
  });
}

/** Runs with the rate of the step that comes; what was set is in force again afterwards. */
function atScheduledRate(optimizer: Optimizer, run: () => void): void {
  const learningRate = numberField(optimizer, 'learningRate');
  const scheduled = scheduledRate(optimizer);
  if (scheduled === learningRate) return run();
  setLearningRate(optimizer, scheduled);
  try {
    run();
  } finally {
    setLearningRate(optimizer, learningRate);
  }
}

function clippedInOps(optimizer: Optimizer, gradients: readonly NamedGradient[]): readonly NamedGradient[] {
  const clip = clipOf(optimizer);
  if (clip === null) return gradients;
  const change = (edit: (gradient: Tensor) => Tensor) =>
    gradients.map((given) => (given.tensor == null ? given : { ...given, tensor: edit(given.tensor) }));
  if (clip.by === 'value') return change((gradient) => tf.clipByValue(gradient, -clip.limit, clip.limit));
  const squares = gradients.flatMap(({ tensor }) => (tensor == null ? [] : [tf.sum(tf.square(tensor))]));
  if (squares.length === 0) return gradients;
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum<Scalar>(1, tf.div(clip.limit, tf.add(norm, clipNormEpsilon)));
  return change((gradient) => tf.mul(gradient, factor));
}
