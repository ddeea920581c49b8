// Gradient descent, and with momentum (Polyak, 1964) or Nesterov's (Sutskever et al., 2013, in the form that torch.optim.SGD and tfjs share):
//   a ← μ·a + g;  w ← w − η·a, or w − η·(g + μ·a) with Nesterov
// The learning rate multiplies the sum, so that a change of it acts at once on all of it, as in PyTorch.

import { numberField } from '../optimizer-fields.ts';
import type { SlotRule, UpdateRule } from '../update-rule.ts';

export const sgd: UpdateRule = {
  name: 'sgd',
  slots: [],
  constants: () => ({}),
  update: 'w += -learningRate * g;',
};

const accumulation: SlotRule = { name: 'a', field: 'accumulations', suffix: 'momentum' };

export const momentum: UpdateRule = {
  name: 'momentum',
  slots: [accumulation],
  constants: (optimizer) => ({ momentum: numberField(optimizer, 'momentum') }),
  update: 'a = momentum * a + g; w += -learningRate * a;',
};

export const nesterov: UpdateRule = {
  ...momentum,
  name: 'nesterov',
  update: 'a = momentum * a + g; w += -learningRate * (g + a * momentum);',
};
