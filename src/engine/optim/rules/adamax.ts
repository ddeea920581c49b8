// AdaMax (Kingma and Ba, 2015, algorithm 2), Adam with the largest gradient in place of the second moment:
//   m ← β₁·m + (1 − β₁)·g;  u ← max(β₂·u, |g|);  w ← w − η ÷ (1 + t·decay) ÷ (1 − β₁ᵗ⁺¹) · m ÷ (u + ε), t from 0
// PyTorch has no decay and adds ε inside the maximum; the difference is ε ÷ u of the step.

import { numberField } from '../optimizer-fields.ts';
import type { UpdateRule } from '../update-rule.ts';

export const adamax: UpdateRule = {
  name: 'adamax',
  slots: [
    { name: 'm', field: 'accumulatedFirstMoment', suffix: 'm' },
    { name: 'u', field: 'accumulatedWeightedInfNorm', suffix: 'v' },
  ],
  constants: (optimizer) => {
    const beta1 = numberField(optimizer, 'beta1');
    return {
      beta1,
      rest1: 1 - beta1,
      beta2: numberField(optimizer, 'beta2'),
      epsilon: numberField(optimizer, 'epsilon'),
      decay: numberField(optimizer, 'decay'),
    };
  },
  scalars: {
    fields: ['accBeta1', 'iteration'],
    given: ['stepLength'],
    begin: 'stepLength = -learningRate / (iteration * decay + 1.0) / (1.0 - accBeta1); accBeta1 *= beta1; iteration += 1.0;',
  },
  update: `m = m * beta1 + g * rest1;
    u = max(u * beta2, abs(g));
    w += stepLength * (m / (u + epsilon));`,
};
