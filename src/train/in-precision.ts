// A lane's precision mode, put into force: how a pass computes, and how weights are kept.

import { precisionMode } from '../core/precision/precision-modes.ts';
import type { Precision } from '../core/precision/precision-modes.ts';
import type { Engine } from '../engine/engine.ts';
import { storeSlotsWith } from '../engine/optim/state-storage.ts';
import type { tf } from '../engine/tf.ts';

/** Runs a synchronous pass, or a part of one, as the mode has it. */
export function inPrecision<T>(engine: Engine, precision: Precision, run: () => T): T {
  const { pass } = precisionMode(precision);
  return pass === 'f32' ? run() : engine.autocast(run, pass);
}

/** From now on weights, or what else a model keeps, hold what the mode keeps of them; to be called before the first step. */
export function keepWeights(engine: Engine, precision: Precision, variables: readonly tf.Variable[]): void {
  if (precisionMode(precision).weights === 'fp16') for (const variable of variables) engine.keepInF16(variable);
}

/** The same for what a model keeps beside its weights, such as moving averages: f16 where everything is. */
export function keepOtherWeights(engine: Engine, precision: Precision, variables: readonly tf.Variable[]): void {
  if (precisionMode(precision).pass === 'f16-everywhere') keepWeights(engine, precision, variables);
}

/** The same for the optimizer's state, which it makes in its first step. */
export function keepState(engine: Engine, precision: Precision, optimizer: tf.Optimizer): void {
  if (precisionMode(precision).optimizer === 'fp16') storeSlotsWith(optimizer, (slot) => engine.keepInF16(slot));
}
