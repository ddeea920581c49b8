// Adagrad (Duchi, Hazan and Singer, 2011, diagonal):
//   s ← s + g²;  w ← w − η·g ÷ √(s + ε)
// ε is the backend's, 1e-7, inside the root; PyTorch's 1e-10 stands outside. s starts at `initialAccumulatorValue`.

import { tf } from '../../tf.ts';
import { numberField } from '../optimizer-fields.ts';
import type { UpdateRule } from '../update-rule.ts';

export const adagrad: UpdateRule = {
  name: 'adagrad',
  slots: [
    {
      name: 's',
      field: 'accumulatedGrads',
      suffix: 'accumulator',
      start: (optimizer) => numberField(optimizer, 'initialAccumulatorValue'),
    },
  ],
  constants: () => ({ epsilon: tf.backend().epsilon() }),
  update: `s += g * g;
    w += g / sqrt(s + epsilon) * -learningRate;`,
};
