// Adam (Kingma and Ba, 2015, algorithm 1), and AdamW, whose weight decay does not pass through the moments (Loshchilov and Hutter, 2019):
//   m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − η·m̂ ÷ (√v̂ + ε), m̂ = m ÷ (1 − β₁ᵗ), v̂ = v ÷ (1 − β₂ᵗ)
// AdamW takes η·λ·w off the weight first. ε stands outside the root, as in PyTorch, whose default is 1e-8 where tfjs's is 1e-7. The powers of β
// are running products in the variables accBeta1 and accBeta2, multiplied on after each step.

import { tf } from '../../tf.ts';
import { numberField } from '../optimizer-fields.ts';
import type { UpdateRule } from '../update-rule.ts';

export const adam: UpdateRule = {
  name: 'adam',
  slots: [
    { name: 'm', field: 'accumulatedFirstMoment', suffix: 'm' },
    { name: 'v', field: 'accumulatedSecondMoment', suffix: 'v' },
  ],
  constants: (optimizer) => {
    const [beta1, beta2] = [numberField(optimizer, 'beta1'), numberField(optimizer, 'beta2')];
    return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon: numberField(optimizer, 'epsilon') };
  },
  scalars: {
    fields: ['accBeta1', 'accBeta2'],
    given: ['correction1', 'correction2'],
    begin: 'correction1 = 1.0 - accBeta1; correction2 = 1.0 - accBeta2; accBeta1 *= beta1; accBeta2 *= beta2;',
  },
  update: `m = m * beta1 + g * rest1;
    v = v * beta2 + g * g * rest2;
    w += m / correction1 / (sqrt(v / correction2) + epsilon) * -learningRate;`,
};

export const adamW: UpdateRule = {
  ...adam,
  name: 'adamW',
  constants: (optimizer) => ({ ...adam.constants(optimizer), weightDecay: numberField(optimizer, 'weightDecay') }),
  update: `w -= w * (learningRate * weightDecay);
    ${adam.update}`,
  inOps: (optimizer, gradients, stock) => {
    const share = numberField(optimizer, 'learningRate') * numberField(optimizer, 'weightDecay');
    for (const { name, tensor } of gradients) {
      const weight = tf.engine().registeredVariables[name];
      if (weight !== undefined && tensor != null) tf.tidy(() => weight.assign(tf.sub(weight, tf.mul(weight, share))));
    }
    stock(gradients);
  },
};
