// How far tfjs has come in this worker, as a number that only grows: whatever a program computes makes tensors.

import { tf } from './tf.ts';

let asked = 0;

/** Tensors made so far, those for asking left out. */
export function tensorsMade(): number {
  const probe = tf.scalar(0);
  probe.dispose();
  return probe.id - asked++;
}
