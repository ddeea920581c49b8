// Variables that are f16 for good, such as weights without master weights: whatever is assigned to one is stored in, or rounded to, f16 first, be it
// by an optimizer in tfjs's ops, a layer or the average over ranks. An update in place (optim/fused) rounds by itself and leaves them where they are.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Engine } from '../engine.ts';

const kept = new WeakSet<Variable>();

/** Whether a variable is one of them. */
export function isKeptInF16(variable: Variable): boolean {
  return kept.has(variable);
}

/** Makes a float variable one of them; a second time does nothing. */
export function keepInF16(engine: Pick<Engine, 'isF16' | 'toF16'>, variable: Variable): void {
  if (kept.has(variable)) return;
  kept.add(variable);
  const assign = variable.assign.bind(variable);
  variable.assign = (value: Tensor) => {
    if (engine.isF16(value)) return assign(value);
    const rounded = engine.toF16(value);
    assign(rounded);
    rounded.dispose();
  };
  if (!engine.isF16(variable)) variable.assign(variable);
}
