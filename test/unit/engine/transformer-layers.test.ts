// The layers that tf.layers lacks: what they compute, what they refuse, and that a model of them can be recorded. Their gradients are those
// of the ops inside (transformer-reference.test.ts).

import { beforeAll, describe, expect, it } from 'vitest';
import { layers } from '../../../src/engine/layers/layers.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { hasOwnCode } from '../../../src/train/own-code.ts';

beforeAll(async () => {
  await startEngine({ backend: 'cpu' });
});

const valuesOf = async (tensor: unknown) => [...(await (tensor as tf.Tensor).data())]; // one output

/** Sequences of 3 positions of 2 channels, which look back at themselves. */
function tiny(): tf.LayersModel {
  const input = tf.input({ shape: [3, 2] });
  const placed = layers.positionEmbedding().apply(input);
  const seen = layers.attention({ heads: 2, causal: true }).apply([placed, placed, placed] as tf.SymbolicTensor[]);
  return tf.model({ inputs: input, outputs: seen as tf.SymbolicTensor });
}

describe('layers.attention', () => {
  it('gives every position the mean of the values up to it where all keys are alike', async () => {
    const alike = tf.ones([1, 3, 2]);
    const values = tf.tensor3d([
      [
        [3, 0],
        [6, 4],
        [0, 8],
      ],
    ]);
    const seen = layers.attention({ heads: 2, causal: true }).apply([alike, alike, values]);
    for (const [index, expected] of [3, 0, 4.5, 2, 3, 4].entries()) expect((await valuesOf(seen))[index]).toBeCloseTo(expected, 5);
    const all = await valuesOf(layers.attention().apply([alike, alike, values]));
    for (const [index, expected] of [3, 4, 3, 4, 3, 4].entries()) expect(all[index]).toBeCloseTo(expected, 5);
  });

  it('takes queries of another length than keys and values', () => {
    const [queries, others] = [tf.input({ shape: [5, 4] }), tf.input({ shape: [7, 4] })];
    const seen = layers.attention({ heads: 2 }).apply([queries, others, others]) as tf.SymbolicTensor;
    expect(seen.shape).toEqual([null, 5, 4]);
  });

  it('says where the model is written what does not fit', () => {
    const x = tf.input({ shape: [3, 6] });
    expect(() => layers.attention({ heads: 4 }).apply([x, x, x])).toThrow(
      'layers.attention: expected a number of heads that divides 6 channels, got 4. Change one of the two.',
    );
    expect(() => layers.attention().apply(x)).toThrow(
      'layers.attention: expected queries, keys and values of as many channels, [batch, length, channels] each, got [any, 3, 6]. Call .apply([q, k, v]).',
    );
    expect(() => layers.attention().apply([x, x, tf.input({ shape: [3, 5] })])).toThrow('got [any, 3, 6], [any, 3, 6], [any, 3, 5]');
  });
});

describe('layers.positionEmbedding', () => {
  it('adds a vector of its own to each position, the same in every sequence, and learns it', async () => {
    const layer = layers.positionEmbedding();
    const x = tf.randomNormal([2, 3, 4]);
    const moved = await valuesOf(tf.sub(layer.apply(x) as tf.Tensor, x)); // one output
    const [vectors] = layer.getWeights();
    expect(vectors?.shape).toEqual([3, 4]);
    const table = await valuesOf(vectors);
    expect(new Set(table).size).toBe(12);
    for (const [index, value] of [...table, ...table].entries()) expect(moved[index]).toBeCloseTo(value, 5);
    expect(layer.trainableWeights).toHaveLength(1);
  });

  it('refuses sequences of any length', () => {
    expect(() => layers.positionEmbedding().apply(tf.input({ shape: [null, 4] }))).toThrow(
      'layers.positionEmbedding: expected sequences of one length, [batch, length, channels], got [any, any, 4]. Give tf.input a shape with numbers.',
    );
  });
});

describe('a model of them', () => {
  it('comes back from JSON with its options', async () => {
    const model = tiny();
    const copy = await tf.models.modelFromJSON(model.toJSON(null, false) as unknown as Parameters<typeof tf.models.modelFromJSON>[0]); // what it gave
    copy.setWeights(model.getWeights());
    const x = tf.randomNormal([2, 3, 2], 0, 1, 'float32', 5);
    expect(await valuesOf(copy.apply(x))).toEqual(await valuesOf(model.apply(x)));
  });

  it('runs no code of the program’s own, unless a program makes a class of its own from one', () => {
    expect(hasOwnCode('meanSquaredError', tiny())).toBe(false);
    const Base = layers.positionEmbedding().constructor as new () => tf.layers.Layer; // what the program can reach
    class Counting extends Base {
      static readonly className = 'Counting';
    }
    expect(
      hasOwnCode('meanSquaredError', tf.sequential({ layers: [tf.layers.dense({ inputShape: [3, 2], units: 2 }), new Counting()] })),
    ).toBe(true);
  });
});
