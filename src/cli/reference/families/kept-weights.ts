// Weights after each step of an optimizer with given gradients, kept as a precision mode has it, and the optimizer's state as well.

import { isPrecision } from '../../../core/precision/precision-modes.ts';
import { createOptimizer } from '../../../engine/optim/create-optimizer.ts';
import { parseOptimizerSpec } from '../../../engine/optim/optimizer-spec.ts';
import { tf } from '../../../engine/tf.ts';
import { keepState, keepWeights } from '../../../train/in-precision.ts';
import { cpuEngine } from '../cpu-engine.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { numbersOf, rowsOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('modes/') && 'precision' in input && 'grads' in input,
  async compute({ input }) {
    const { precision } = input;
    if (!isPrecision(precision)) throw new UnsupportedCase(`no precision mode here is ${JSON.stringify(precision) ?? 'nothing'}.`);
    const engine = await cpuEngine();
    const optimizer = createOptimizer(parseOptimizerSpec(input['optimizer']));
    const weights = tf.variable(tf.tensor1d([...numbersOf(input, 'w0')]));
    keepWeights(engine, precision, [weights]);
    keepState(engine, precision, optimizer);
    const after = rowsOf(input, 'grads').map((gradient) => {
      tf.tidy(() => optimizer.applyGradients({ [weights.name]: tf.tensor1d([...gradient]) }));
      return weights.arraySync();
    });
    return { w_after_each_step: after };
  },
};
