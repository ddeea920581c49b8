// A program's own look at its model after an evaluation, and the loss of class indices that a language model needs.

import { describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { experiment } from '../../src/train/experiment.ts';
import { lossFunction } from '../../src/train/loss.ts';
import { lossesOf, trainLane } from '../support/train-in-node.ts';

const spec: Omit<ExperimentSpec, 'lanes'> = {
  title: 'after evaluation',
  seed: 3,
  data: () => {
    const x = tf.tensor2d(Array.from({ length: 12 }, (_, row) => [Math.sin(row), Math.cos(row)]));
    return { train: { x, y: tf.slice(x, [0, 0], [12, 1]) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [tf.layers.dense({ inputShape: [2], units: 8 }), tf.layers.dropout({ rate: 0.5 }), tf.layers.dense({ units: 1 })],
    }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 4,
  steps: 6,
  evalEvery: 2,
};

describe('afterEval', () => {
  it('sees the model on rank 0 after every evaluation, and the numbers that it returns are evaluated', async () => {
    const seen: (readonly [number, boolean, number])[] = [];
    const afterEval: ExperimentSpec['afterEval'] = ({ model, step, isLast }) => {
      seen.push([step, isLast, model.countParams()]);
      return { looked: step * 10 };
    };
    const { evaluations } = await trainLane({ ...spec, afterEval }, '2xfp32');
    expect(seen).toEqual([
      [2, false, 33],
      [4, false, 33],
      [6, true, 33],
    ]);
    expect(evaluations).toEqual([{ looked: 20 }, { looked: 40 }, { looked: 60 }]);
  });

  it('draws random numbers that follow the seed, and changes none of those that training draws', async () => {
    const drawn: number[] = [];
    const afterEval = () => {
      drawn.push(Math.random(), Math.random());
      return undefined;
    };
    const plain = await trainLane(spec, '1xfp32');
    const looked = await trainLane({ ...spec, afterEval }, '1xfp32');
    expect(lossesOf(looked)).toEqual(lossesOf(plain)); // dropout draws from Math.random, too
    const first = drawn.splice(0);
    expect(new Set(first).size).toBe(6);
    await trainLane({ ...spec, afterEval }, '1xfp32');
    expect(drawn).toEqual(first);
  });

  it('is refused where it is no function', () => {
    const wrong = { ...spec, lanes: ['1xfp32'], afterEval: 'print' } as unknown as ExperimentSpec;
    expect(() => experiment(wrong)).toThrow('afterEval: expected a function, got "print".');
  });
});

describe('sparseSoftmaxCrossEntropy', () => {
  it('is the mean of −log of what each position gives to its class', () => {
    const logits = [
      [0, 1, 2],
      [3, 0, -1],
    ];
    const labels = [2, 1];
    const expected = logits.map((row, index) => Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - (row[labels[index] ?? 0] ?? NaN));
    const loss = lossFunction('sparseSoftmaxCrossEntropy')(tf.tensor3d([logits]), tf.tensor2d([labels]));
    expect(loss.dataSync()[0]).toBeCloseTo(((expected[0] ?? NaN) + (expected[1] ?? NaN)) / 2, 6);
  });

  it('refuses one-hot labels and says which loss takes them', () => {
    const wrong = () => lossFunction('sparseSoftmaxCrossEntropy')(tf.zeros([4, 3]), tf.zeros([4, 3]));
    expect(wrong).toThrow('With one-hot labels, take softmaxCrossEntropy.');
  });
});
