// Variables that are f16 for good, such as weights without master weights: whatever is assigned to one is stored in, or rounded to, f16 first, be it
// by an optimizer in tfjs's ops, a layer or the average over ranks. An update in place (optim/fused) rounds by itself and leaves them where they are.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Engine } from '../engine.ts';

const kept = new WeakSet<Variable>();
/** Those that wait to be rounded; null where everything is at once. */
let waiting: Map<Variable, () => void> | null = null;

/** Whether a variable is one of them. */
export function isKeptInF16(variable: Variable): boolean {
  return kept.has(variable);
}

/** Makes a float variable one of them; a second time does nothing. */
export function keepInF16(engine: Pick<Engine, 'isF16' | 'toF16'>, variable: Variable): void {
  if (kept.has(variable)) return;
  kept.add(variable);
  const assign = variable.assign.bind(variable);
  const round = (value: Tensor): void => {
    const rounded = engine.toF16(value);
    assign(rounded);
    rounded.dispose();
  };
  variable.assign = (value: Tensor) => {
    if (engine.isF16(value)) return assign(value);
    if (waiting === null) return round(value);
    waiting.set(variable, () => round(variable));
    assign(value);
  };
  if (!engine.isF16(variable)) round(variable);
}

/** Runs an update that assigns more than once, such as a decay and then a step; what is kept in f16 is rounded once, at its end. */
export function roundingOnce(run: () => void): void {
  const outer = waiting;
  waiting ??= new Map();
  try {
    run();
  } finally {
    const rounds = outer === null ? [...waiting.values()] : [];
    waiting = outer;
    for (const round of rounds) round();
  }
}
