// The models in jax-js, written as its own examples are (its MNIST page: functions of parameters, relu after pooling, channels first), over the weights of tf.layers in their
// order. Weights are rearranged once, where the layouts differ, so that a step has nothing to rearrange.

import { lax, nn, numpy as np, type Array as JaxArray } from '@jax-js/jax';
import type { ModelName } from '../model-names.ts';
import type { StartingPoint } from './side.ts';

/** A list of arrays, in the order of the weights. */
export type Params = JaxArray[];

/** A model: its parameters from those of tf.layers, and logits from parameters and samples (B, …row), both of which it takes over. */
export interface JaxModel {
  init(weights: StartingPoint['weights']): Params;
  logits(params: Params, x: JaxArray): JaxArray;
}

const asTheyAre = (weights: StartingPoint['weights']): Params =>
  weights.map(({ shape, values }) => np.array(new Float32Array(values)).reshape(shape));

/** Dense layers with relu between them; (B, in) -> (B, out). */
const perceptron: JaxModel = {
  init: asTheyAre,
  logits(params, x) {
    let h = x;
    for (let at = 0; at < params.length; at += 2) {
      h = np.dot(h, param(params, at)).add(param(params, at + 1));
      if (at + 2 < params.length) h = nn.relu(h);
    }
    return h;
  },
};

const maxPool2x2 = (x: JaxArray): JaxArray => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);

/** (B, 28, 28, 1) -> (B, 10) */
const cnn: JaxModel = {
  init([w1, b1, w2, b2, w3, b3, w4, b4]) {
    const dense = weight(w3); // (7·7·32, 64), rows in the order height, width, channel
    return [
      weight(w1).transpose([3, 2, 0, 1]), // (H, W, I, O) -> (O, I, H, W)
      weight(b1).reshape([16, 1, 1]),
      weight(w2).transpose([3, 2, 0, 1]),
      weight(b2).reshape([32, 1, 1]),
      dense.reshape([7, 7, 32, 64]).transpose([2, 0, 1, 3]).reshape([1568, 64]),
      weight(b3),
      weight(w4),
      weight(b4),
    ];
  },
  logits(params, x) {
    const conv = (h: JaxArray, at: number): JaxArray =>
      nn.relu(maxPool2x2(lax.convGeneralDilated(h, param(params, at), [1, 1], 'SAME').add(param(params, at + 1))));
    const h = conv(conv(x.reshape([-1, 1, 28, 28]), 0), 2).reshape([-1, 1568]);
    const hidden = nn.relu(np.dot(h, param(params, 4)).add(param(params, 5)));
    return np.dot(hidden, param(params, 6)).add(param(params, 7));
  },
};

/** One LSTM over (B, T, I) and a dense layer on its last state; gates in tf.layers' order: input, forget, cell, output. */
const lstm: JaxModel = {
  init: asTheyAre,
  logits(params, x) {
    const [kernel, recurrent, bias] = [param(params, 0), param(params, 1), param(params, 2)];
    const [batch = 0, steps = 0] = x.shape;
    const units = (bias.shape[0] ?? 0) / 4;
    let h = np.zeros([batch, units]);
    let c = np.zeros([batch, units]);
    for (let t = 0; t < steps; t++) {
      const gates = np.dot(x.ref.slice([], t), kernel.ref).add(np.dot(h, recurrent.ref)).add(bias.ref); // (B, 4·units)
      const gate = (index: number): JaxArray => gates.ref.slice([], [index * units, (index + 1) * units]);
      c = nn
        .sigmoid(gate(1))
        .mul(c)
        .add(nn.sigmoid(gate(0)).mul(np.tanh(gate(2))));
      h = nn.sigmoid(gate(3)).mul(np.tanh(c.ref));
      gates.dispose();
    }
    for (const array of [x, c, kernel, recurrent, bias]) array.dispose();
    return np.dot(h, param(params, 3)).add(param(params, 4));
  },
};

const transformerHeads = 4;

/** (B, T) -> (B, T, V); weights in the order in which models/transformer.ts makes them. */
const transformer: JaxModel = {
  init: asTheyAre,
  logits(params, x) {
    let at = 0;
    const next = (): JaxArray => param(params, at++);
    const norm = (h: JaxArray): JaxArray => nn.standardize(h).mul(next()).add(next());
    const table = next();
    let h = np.dot(nn.oneHot(x, table.shape[0] ?? 0), table).add(next()); // (B, T, C)
    const [batch = 0, tokens = 0, width = 0] = h.shape;
    while (at + 4 < params.length) {
      const queries = np.dot(norm(h.ref), next()); // (B, T, 3C)
      const part = (index: number): JaxArray =>
        queries.ref
          .slice([], [], [index * width, (index + 1) * width])
          .reshape([batch, tokens, transformerHeads, width / transformerHeads]);
      const attended = nn.dotProductAttention(part(0), part(1), part(2), { isCausal: true }).reshape([batch, tokens, width]);
      queries.dispose();
      h = h.add(np.dot(attended, next()).add(next()));
      const hidden = nn.silu(np.dot(norm(h.ref), next()).add(next()));
      h = h.add(np.dot(hidden, next()).add(next()));
    }
    return np.dot(norm(h), next()).add(next());
  },
};

/** Each model in jax-js. */
export const jaxModels: Readonly<Record<ModelName, JaxModel>> = {
  tiny: perceptron,
  mlp: perceptron,
  wide: perceptron,
  cnn,
  lstm,
  transformer,
};

function param(params: Params, at: number): JaxArray {
  const found = params[at];
  if (found === undefined) throw new Error(`jax-js: expected a parameter ${at}, got ${params.length} parameters.`);
  return found;
}

function weight(given: StartingPoint['weights'][number] | undefined): JaxArray {
  if (given === undefined) throw new Error('jax-js: expected as many weights as tf.layers has, got fewer.');
  return np.array(new Float32Array(given.values)).reshape(given.shape);
}
