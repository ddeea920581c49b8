// RMSProp (Tieleman and Hinton, 2012), with momentum, and centred (Graves, 2013, equations 38 to 45, as TensorFlow has it):
//   s ← ρ·s + (1 − ρ)·g²;  a ← μ·a + η·g ÷ √(s + ε);  w ← w − a;  centred: c ← ρ·c + (1 − ρ)·g, and s − c² in place of s
// PyTorch adds ε to the root, not under it, and multiplies a by the learning rate where it is applied. tfjs 4.22.0's centred form subtracts ε
// instead of adding it, so that the root of a negative number is NaN in the first step; this one replaces it on every backend. Rounding may
// make the variance s − c² negative too: it counts as 0.

import { numberField } from '../optimizer-fields.ts';
import { slotUpdatesInOps } from '../slot-updates-in-ops.ts';
import { tf } from '../../tf.ts';
import type { SlotRule, UpdateRule } from '../update-rule.ts';

const slots = [
  { name: 's', field: 'accumulatedMeanSquares', suffix: 'rms' },
  { name: 'a', field: 'accumulatedMoments', suffix: 'momentum' },
] as const satisfies readonly SlotRule[];

export const rmsprop: UpdateRule = {
  name: 'rmsprop',
  slots,
  constants: (optimizer) => {
    const decay = numberField(optimizer, 'decay');
    return { decay, rest: 1 - decay, momentum: numberField(optimizer, 'momentum'), epsilon: numberField(optimizer, 'epsilon') };
  },
  update: `s = s * decay + g * g * rest;
    a = a * momentum + g * learningRate / sqrt(s + epsilon);
    w -= a;`,
};

const centredSlots = [...slots, { name: 'c', field: 'accumulatedMeanGrads', suffix: 'mg' }] as const satisfies readonly SlotRule[];

export const centredRmsprop: UpdateRule = {
  ...rmsprop,
  name: 'centredRmsprop',
  slots: centredSlots,
  update: `s = s * decay + g * g * rest;
    c = c * decay + g * rest;
    a = a * momentum + g * learningRate / sqrt(max(s - c * c, zero) + epsilon);
    w -= a;`,
  inOps: (optimizer, gradients) => {
    const [decay, momentum] = [numberField(optimizer, 'decay'), numberField(optimizer, 'momentum')];
    const [learningRate, epsilon] = [numberField(optimizer, 'learningRate'), numberField(optimizer, 'epsilon')];
    slotUpdatesInOps(optimizer, centredSlots, gradients, (weight, gradient, [s, a, c]) => {
      const newS = tf.add(tf.mul(s, decay), tf.mul(tf.square(gradient), 1 - decay));
      const newC = tf.add(tf.mul(c, decay), tf.mul(gradient, 1 - decay));
      const variance = tf.relu(tf.sub(newS, tf.square(newC)));
      const newA = tf.add(tf.mul(a, momentum), tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(variance, epsilon))));
      return [tf.sub(weight, newA), newS, newA, newC];
    });
  },
};
