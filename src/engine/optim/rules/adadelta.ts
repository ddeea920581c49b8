// Adadelta (Zeiler, 2012, algorithm 1), as in PyTorch:
//   s ← ρ·s + (1 − ρ)·g²;  d = √(x + ε) ÷ √(s + ε) · g;  x ← ρ·x + (1 − ρ)·d²;  w ← w − η·d
// tfjs 4.22.0 divides by the s of the step before, whose first value is √ε: its first steps are a thousand times too long. This one replaces it
// on every backend.

import { numberField } from '../optimizer-fields.ts';
import { slotUpdatesInOps } from '../slot-updates-in-ops.ts';
import { tf } from '../../tf.ts';
import type { SlotRule, UpdateRule } from '../update-rule.ts';

const slots = [
  { name: 's', field: 'accumulatedGrads', suffix: 'accum_grad' },
  { name: 'x', field: 'accumulatedUpdates', suffix: 'accum_var' },
] as const satisfies readonly SlotRule[];

export const adadelta: UpdateRule = {
  name: 'adadelta',
  slots,
  constants: (optimizer) => {
    const rho = numberField(optimizer, 'rho');
    return { rho, rest: 1 - rho, epsilon: numberField(optimizer, 'epsilon') };
  },
  update: `s = s * rho + g * g * rest;
    let d = sqrt(x + epsilon) / sqrt(s + epsilon) * g;
    x = x * rho + d * d * rest;
    w += d * -learningRate;`,
  inOps: (optimizer, gradients) => {
    const [rho, epsilon] = [numberField(optimizer, 'rho'), numberField(optimizer, 'epsilon')];
    const learningRate = numberField(optimizer, 'learningRate');
    slotUpdatesInOps(optimizer, slots, gradients, (weight, gradient, [s, x]) => {
      const newS = tf.add(tf.mul(s, rho), tf.mul(tf.square(gradient), 1 - rho));
      const d = tf.mul(tf.div(tf.sqrt(tf.add(x, epsilon)), tf.sqrt(tf.add(newS, epsilon))), gradient);
      const newX = tf.add(tf.mul(x, rho), tf.mul(tf.square(d), 1 - rho));
      return [tf.sub(weight, tf.mul(d, learningRate)), newS, newX];
    });
  },
};
