// Where forward ends and backward begins: tfjs takes every gradient through one method of its engine, `tf.variableGrads`, `tf.grads` and
// `optimizer.minimize` of a program's own loop included. What is recorded under its tape is the pass forward; what follows is the backward.

import { activeWebGpu } from '../backend/active.ts';
import { tf } from '../tf.ts';

let isDone = false;

/** Notes both passes of every gradient that is taken on our WebGPU backend. Once per worker; nothing that is computed changes. */
export function noteGradientPhases(): void {
  if (isDone) return;
  isDone = true;
  const engine = tf.engine();
  const gradients = engine.gradients.bind(engine);
  engine.gradients = (f, ...others) => {
    const notes = activeWebGpu()?.timing.notes;
    if (notes === undefined) return gradients(f, ...others);
    return notes.during('backward', () => gradients(() => notes.during('forward', f), ...others));
  };
}
