// Layers of tf.layers that compute through our ops: their classes are not exported, so a method of each prototype is replaced, once per page,
// by one that asks on every call whether ours applies and calls the original where it does not. Programs need no change.

import type { Tensor } from '@tensorflow/tfjs';
import { activeWebGpu } from '../backend/active.ts';
import { dropout } from '../ops/dropout.ts';
import { gelu } from '../ops/gelu.ts';
import { fitsLayerNorm, layerNorm } from '../ops/layer-norm.ts';
import { tf } from '../tf.ts';

type Inputs = Tensor | Tensor[];
type Call = (inputs: Inputs, kwargs: Readonly<Record<string, unknown>>) => Inputs;

/** What the replaced methods read of a layer, by its own name in tfjs-layers 4.22.0. */
interface LayerNormalizationLayer {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma: { read(): Tensor } | null;
  readonly beta: { read(): Tensor } | null;
}
interface DropoutLayer {
  readonly rate: number;
  readonly seed?: number;
  getNoiseShape(input: Tensor): number[] | undefined;
  invokeCallHook(inputs: Inputs, kwargs: Readonly<Record<string, unknown>>): void;
}

/** Replaces the methods. The layers made here have names, so that they use up none of the numbers that tfjs gives to layers without. */
export function registerLayerCalls(): void {
  replaceCall<LayerNormalizationLayer>(tf.layers.layerNormalization({ name: 'sample' }), (layer, stock) => (inputs, kwargs) => {
    const x = oneOf(inputs);
    const { gamma, beta } = layer;
    const isLastAxis = layer.axis.length === 1 && layer.axis[0] === x.rank - 1;
    if (activeWebGpu() === null || !isLastAxis || gamma === null || beta === null || !fitsLayerNorm(x) || x.dtype !== 'float32')
      return stock(inputs, kwargs);
    return layerNorm(x, gamma.read(), beta.read(), layer.epsilon);
  });
  // SpatialDropout1D inherits it.
  replaceCall<DropoutLayer>(tf.layers.dropout({ rate: 0.5, name: 'sample' }), (layer, stock) => (inputs, kwargs) => {
    const isDropping = kwargs['training'] === true && layer.rate > 0 && layer.rate < 1;
    if (activeWebGpu() === null || !isDropping) return stock(inputs, kwargs);
    layer.invokeCallHook(inputs, kwargs);
    const x = oneOf(inputs);
    return dropout(x, layer.rate, layer.getNoiseShape(x), layer.seed);
  });
  replaceActivation('gelu', (x) => gelu(x, 'exact'));
  replaceActivation('gelu_new', (x) => gelu(x, 'tanh'));
}

function oneOf(inputs: Inputs): Tensor {
  const [first] = Array.isArray(inputs) ? inputs : [inputs];
  if (first === undefined || (Array.isArray(inputs) && inputs.length > 1)) throw new Error('layer: expected one input');
  return first;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a layer has besides `call` is the caller's to say
function replaceCall<Layer>(sample: object, make: (layer: Layer, stock: Call) => Call): void {
  const prototype = Object.getPrototypeOf(sample) as { call: Call }; // every layer has one
  const stock = prototype.call;
  prototype.call = function (this: Layer, inputs, kwargs) {
    return make(this, stock.bind(this))(inputs, kwargs);
  };
}

function replaceActivation(name: 'gelu' | 'gelu_new', ours: (x: Tensor) => Tensor): void {
  const layer = tf.layers.activation({ activation: name, name: 'sample' }) as unknown as {
    readonly activation: { apply(x: Tensor): Tensor };
  }; // its own field
  const prototype = Object.getPrototypeOf(layer.activation) as { apply(x: Tensor): Tensor };
  const stock = prototype.apply;
  prototype.apply = function (x) {
    return activeWebGpu() === null || x.dtype !== 'float32' ? stock.call(this, x) : ours(x);
  };
}
