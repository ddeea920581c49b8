// A lane's precision mode, put into force: how a pass computes, and how weights are kept.

import { precisionMode } from '../core/precision/precision-modes.ts';
import type { Precision } from '../core/precision/precision-modes.ts';
import type { Engine } from '../engine/engine.ts';
import type { tf } from '../engine/tf.ts';

/** Runs a synchronous pass, or a part of one, as the mode has it. */
export function inPrecision<T>(engine: Engine, precision: Precision, run: () => T): T {
  return precisionMode(precision).pass === 'nothing' ? run() : engine.autocast(run);
}

/** From now on weights hold what the mode keeps of them; to be called before the first step. */
export function keepWeights(engine: Engine, precision: Precision, variables: readonly tf.Variable[]): void {
  if (precisionMode(precision).weights === 'fp16') for (const variable of variables) engine.keepInF16(variable);
}
