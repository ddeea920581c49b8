// Networks of tfjs's layers, of every kind that trains, and the optimizers of tf.train: what stock programs write.

import { tf } from '../../../src/engine/tf.ts';

const { layers } = tf;

/** A network of layers; its last one, a softmax over the classes, is added by whoever trains it. */
export interface LayerNet {
  /** Of one sample. */
  readonly inputShape: readonly number[];
  /** Inputs are whole numbers below this; any numbers where absent. */
  readonly vocabulary?: number;
  readonly layers: () => tf.layers.Layer[];
}

export const layerNets = {
  MLP: {
    inputShape: [20],
    layers: () => [layers.dense({ units: 32, activation: 'relu', inputShape: [20] }), layers.dense({ units: 16, activation: 'tanh' })],
  },
  CNN: {
    inputShape: [12, 12, 3],
    layers: () => [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', padding: 'same', inputShape: [12, 12, 3] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
      layers.averagePooling2d({ poolSize: 2, strides: 2 }),
      layers.flatten(),
    ],
  },
  // Without dropout, whose masks WebGPU draws by another generator than the CPU: transformer-kernels.test.ts.
  BatchNorm: {
    inputShape: [20],
    layers: () => [layers.dense({ units: 32, inputShape: [20] }), layers.batchNormalization({}), layers.activation({ activation: 'relu' })],
  },
  'layer normalisation': {
    inputShape: [20],
    layers: () => [layers.dense({ units: 32, activation: 'selu', inputShape: [20] }), layers.layerNormalization({})],
  },
  'depthwise CNN with BatchNorm': {
    inputShape: [12, 12, 3],
    layers: () => [
      layers.separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', inputShape: [12, 12, 3] }),
      layers.batchNormalization({}),
      layers.reLU(),
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      layers.globalAveragePooling2d({}),
    ],
  },
  // Bilinear: the CPU backend's gradient of nearest upsampling is wrong; that one is in ops-spatial.test.ts.
  'transposed convolution and upsampling': {
    inputShape: [8, 8, 2],
    layers: () => [
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', inputShape: [8, 8, 2] }),
      layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
      layers.globalMaxPooling2d({}),
    ],
  },
  LSTM: { inputShape: [6, 5], layers: () => [layers.lstm({ units: 12, inputShape: [6, 5] })] },
  'GRU and simple RNN': {
    inputShape: [6, 5],
    layers: () => [layers.gru({ units: 12, inputShape: [6, 5], returnSequences: true }), layers.simpleRNN({ units: 6 })],
  },
  'bidirectional LSTM': {
    inputShape: [6, 5],
    layers: () => [
      layers.bidirectional({
        layer: layers.lstm({ units: 6 }),
        mergeMode: 'concat',
        inputShape: [6, 5],
      }),
    ],
  },
  embedding: {
    inputShape: [6],
    vocabulary: 30,
    layers: () => [layers.embedding({ inputDim: 30, outputDim: 8, inputLength: 6 }), layers.flatten()],
  },
  'conv1d and prelu': {
    inputShape: [12, 3],
    layers: () => [layers.conv1d({ filters: 6, kernelSize: 3, inputShape: [12, 3] }), layers.prelu({}), layers.globalAveragePooling1d({})],
  },
} as const satisfies Readonly<Record<string, LayerNet>>;

const epsilon = 1e-7;

export const layerOptimizers = {
  sgd: () => tf.train.sgd(0.05),
  adam: () => tf.train.adam(0.01, 0.9, 0.999, epsilon),
  momentum: () => tf.train.momentum(0.02, 0.9),
  Nesterov: () => tf.train.momentum(0.02, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.003, 0.9, 0, epsilon),
  'centred rmsprop': () => tf.train.rmsprop(0.003, 0.9, 0.5, epsilon, true),
  adamax: () => tf.train.adamax(0.01, 0.9, 0.999, epsilon),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.5, 0.95, epsilon),
} as const satisfies Readonly<Record<string, () => tf.Optimizer>>;

export type LayerNetName = keyof typeof layerNets;
export type LayerOptimizerName = keyof typeof layerOptimizers;

const everyOptimizer = Object.keys(layerOptimizers) as LayerOptimizerName[]; // its own keys
const twoOptimizers = ['sgd', 'adam'] as const;

/** The dense and the convolutional net with every optimizer, the others with two: 36. */
export const layerCases: readonly (readonly [net: LayerNetName, optimizer: LayerOptimizerName])[] = (
  Object.keys(layerNets) as LayerNetName[]
).flatMap((net) => (net === 'MLP' || net === 'CNN' ? everyOptimizer : twoOptimizers).map((optimizer) => [net, optimizer] as const));
