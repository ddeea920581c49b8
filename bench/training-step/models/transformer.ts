// A small causal transformer that learns to repeat the token before: 2 blocks of width 64 with 4 heads, 16 tokens of a vocabulary of 32,
// 8 sequences a step. Blocks are GPT-2's (layer norm first, attention, layer norm, four times the width), written with tf.layers and tf ops alone.

import * as tf from '@tensorflow/tfjs';
import { experiment, pure } from 'lockstep';

const vocabulary = 32;
const tokens = 16;
const width = 64;
const heads = 4;
const blocks = 2;

/** Adds a learned vector to each position: (B, T, C) -> (B, T, C). */
class Positions extends tf.layers.Layer {
  static readonly className = 'Positions';
  private table: ReturnType<tf.layers.Layer['addWeight']> | null = null;

  override build(): void {
    this.table = this.addWeight('positions', [tokens, width], 'float32', tf.initializers.glorotUniform({}));
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat();
    if (x === undefined || this.table === null) throw new Error('Positions: expected an input after build, got none.');
    return tf.add(x, this.table.read());
  }
}

/** Causal attention over the queries, keys and values that lie side by side in its input: (B, T, 3C) -> (B, T, C). */
class CausalAttention extends tf.layers.Layer {
  static readonly className = 'CausalAttention';
  private mask: tf.Tensor | null = null;

  override build(): void {
    const later = Array.from({ length: tokens * tokens }, (_, at) => (at % tokens > Math.floor(at / tokens) ? -1e9 : 0));
    this.mask = tf.keep(tf.tensor(later, [tokens, tokens]));
    this.built = true;
  }

  override computeOutputShape(): tf.Shape {
    return [null, tokens, width];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      if (x === undefined || this.mask === null) throw new Error('CausalAttention: expected an input after build, got none.');
      const split = (part: tf.Tensor) => part.reshape([-1, tokens, heads, width / heads]).transpose([0, 2, 1, 3]); // (B, H, T, C/H)
      const [q, k, v] = tf.split(x, 3, 2).map(split);
      if (q === undefined || k === undefined || v === undefined) throw new Error('CausalAttention: expected three parts, got fewer.');
      const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(width / heads)); // (B, H, T, T)
      const mixed = tf.matMul(tf.softmax(scores.add(this.mask)), v); // (B, H, T, C/H)
      return mixed.transpose([0, 2, 1, 3]).reshape([-1, tokens, width]);
    });
  }
}

pure(Positions);
pure(CausalAttention);

function block(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const apply = (layer: tf.layers.Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) => layer.apply(input) as tf.SymbolicTensor; // one output each
  const queries = apply(tf.layers.dense({ units: 3 * width, useBias: false }), apply(tf.layers.layerNormalization({ epsilon: 1e-5 }), x));
  const attended = apply(tf.layers.dense({ units: width }), apply(new CausalAttention({}), queries));
  const middle = apply(tf.layers.add(), [x, attended]);
  const hidden = apply(
    tf.layers.dense({ units: 4 * width, activation: 'swish' }),
    apply(tf.layers.layerNormalization({ epsilon: 1e-5 }), middle),
  );
  return apply(tf.layers.add(), [middle, apply(tf.layers.dense({ units: width }), hidden)]);
}

export default experiment({
  title: 'transformer',
  seed: 1,
  data: () => {
    const x = tf.randomUniform([256, tokens], 0, vocabulary, 'int32', 7);
    const before = tf.concat([x.slice([0, 0], [-1, 1]), x.slice([0, 0], [-1, tokens - 1])], 1);
    return { train: { x, y: tf.oneHot(before, vocabulary) }, test: null };
  },
  model: () => {
    const input = tf.input({ shape: [tokens] });
    let x = tf.layers.embedding({ inputDim: vocabulary, outputDim: width }).apply(input);
    x = new Positions({}).apply(x);
    for (let index = 0; index < blocks; index++) x = block(x as tf.SymbolicTensor); // of a symbolic input
    x = tf.layers.layerNormalization({ epsilon: 1e-5 }).apply(x);
    const output = tf.layers.dense({ units: vocabulary }).apply(x);
    return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor }); // of a symbolic input
  },
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 8,
  steps: 30,
  lanes: ['1xfp32'],
});
