// Two dense layers with relu between them, mean squared error, gradient descent, in ops, as a precision mode computes a pass: what is rounded, and
// where, shows in the weights. The samples are drawn as in test/reference/precision-modes.py, from numbers with few digits, whose sums f32 holds exactly
// whatever their order.

import { isPrecision } from '../../../core/precision/precision-modes.ts';
import type { Precision } from '../../../core/precision/precision-modes.ts';
import type { Engine } from '../../../engine/engine.ts';
import { tf } from '../../../engine/tf.ts';
import { inPrecision } from '../../../train/in-precision.ts';
import { cpuEngine } from '../cpu-engine.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { numberOf } from '../input-fields.ts';
import type { Fields } from '../reference-case.ts';
import { drawBytes } from '../scaled-regression.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('modes/') && 'precision' in input && 'seed' in input,
  async compute({ input }) {
    const { precision } = input;
    if (!isPrecision(precision)) throw new UnsupportedCase(`no precision mode here is ${JSON.stringify(precision) ?? 'nothing'}.`);
    return trainRounded(await cpuEngine(), precision, {
      seed: numberOf(input, 'seed'),
      learningRate: numberOf(input, 'learningRate'),
      steps: numberOf(input, 'steps'),
    });
  },
};

/** The losses, the biases, and the first row of either weight in the end. */
export async function trainRounded(
  engine: Engine,
  precision: Precision,
  { seed, learningRate, steps }: { readonly seed: number; readonly learningRate: number; readonly steps: number },
): Promise<Fields> {
  const draw = drawBytes(seed);
  const uniform = (divisor: number, ...shape: readonly [number, number]) =>
    tf.tensor2d(
      Array.from({ length: shape[0] * shape[1] }, () => (draw() - 128) / 128 / divisor),
      [...shape],
    );
  const [x, y] = [uniform(1, 32, 40), uniform(1, 32, 32)];
  const [w1, w2] = [tf.variable(uniform(4, 40, 32)), tf.variable(uniform(4, 32, 32))];
  const [b1, b2] = [tf.variable(tf.zeros([32])), tf.variable(tf.zeros([32]))];
  const optimizer = tf.train.sgd(learningRate);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = tf.tidy(() => {
      const compute = () => {
        const hidden = tf.relu(tf.add(tf.matMul(x, w1), b1));
        return tf.mean(tf.squaredDifference(tf.add(tf.matMul<tf.Tensor2D>(hidden as tf.Tensor2D, w2), b2), y)).asScalar();
      };
      const { value, grads } = inPrecision(engine, precision, () => tf.variableGrads(compute, [w1, b1, w2, b2]));
      optimizer.applyGradients(grads);
      return value;
    });
    losses.push(...(await loss.data()));
    loss.dispose();
  }
  const [ofB1, ofB2, ofW1, ofW2] = await Promise.all([b1, b2, w1, w2].map(async (weight) => [...(await weight.data())].slice(0, 32)));
  tf.dispose([x, y, w1, w2, b1, b2]);
  return { losses, b1: ofB1, b2: ofB2, w1_row: ofW1, w2_row: ofW2 };
}
