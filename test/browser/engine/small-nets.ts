// Small networks of each kind, their batches, and training them step by step, eagerly or captured, with evaluations in between: what the
// tests of capture and replay compare.

import type { LayersModel, Optimizer, Scalar, Tensor, Tensor3D, Variable } from '@tensorflow/tfjs';
import { createPrng } from '../../../src/core/prng.ts';
import { CapturedFunction } from '../../../src/engine/capture/captured-function.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { tf } from '../../../src/engine/tf.ts';
import { readWeights } from '../../../src/engine/weights-hash.ts';
import { seedMathRandom } from '../../../src/train/seeded-random.ts';

const { layers } = tf;
const batchSize = 8;
const classCount = 3;

interface Net {
  readonly build: () => LayersModel;
  /** (B, …) */
  readonly inputShape: readonly number[];
  /** Inputs are whole numbers below this; any numbers where absent. */
  readonly vocabulary?: number;
}

const steps = 6; // of a sequence
const width = 8;

/** x + attention(x), one head: (B, T, D) -> (B, T, D). */
class SelfAttention extends layers.Layer {
  private readonly names = ['query', 'key', 'value'];

  override build(): void {
    for (const name of this.names) this.addWeight(name, [width, width], 'float32', tf.initializers.glorotUniform({}));
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D;
    return tf.tidy(() => {
      const [q, k, v] = this.weights.map((weight) =>
        tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), weight.read() as tf.Tensor2D), [-1, steps, width]),
      );
      const scores = tf.softmax(tf.mul(tf.matMul(q as Tensor3D, k as Tensor3D, false, true), 1 / Math.sqrt(width))); // (B, T, T)
      return tf.add(x, tf.matMul(scores, v as Tensor3D));
    });
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }

  static className = 'TestSelfAttention';
}

const nets: Readonly<Record<string, Net>> = {
  MLP: {
    inputShape: [20],
    build: () =>
      tf.sequential({
        layers: [
          layers.dense({ inputShape: [20], units: 32, activation: 'relu' }),
          layers.dense({ units: 16, activation: 'tanh' }),
          layers.dense({ units: classCount }),
        ],
      }),
  },
  'CNN with BatchNorm': {
    inputShape: [8, 8, 1],
    build: () =>
      tf.sequential({
        layers: [
          layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, padding: 'same' }),
          layers.batchNormalization({}),
          layers.activation({ activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: classCount }),
        ],
      }),
  },
  transformer: {
    inputShape: [steps],
    vocabulary: 12,
    build: () =>
      tf.sequential({
        layers: [
          layers.embedding({ inputDim: 12, outputDim: width, inputLength: steps }),
          new SelfAttention({}),
          layers.layerNormalization({}),
          layers.dense({ units: 2 * width, activation: 'relu' }),
          layers.flatten(),
          layers.dense({ units: classCount }),
        ],
      }),
  },
};

export const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  Nesterov: () => tf.train.momentum(0.05, 0.9, true),
  adam: () => tf.train.adam(0.01, 0.9, 0.999, 1e-7),
  adamax: () => tf.train.adamax(0.01, 0.9, 0.999, 1e-7),
  rmsprop: () => tf.train.rmsprop(0.003, 0.9, 0, 1e-7),
  'rmsprop with momentum': () => tf.train.rmsprop(0.003, 0.9, 0.5, 1e-7),
  adagrad: () => tf.train.adagrad(0.05, 0.1),
};

/** A model with its optimizer and its batches; the same numbers every time. */
export interface SmallTraining {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly variables: readonly Variable[];
  /** (B, …) and one-hot (B, C); the caller disposes them. */
  batch(step: number, size?: number): readonly [x: Tensor, y: Tensor];
  /** Forward, backward, update: the mean loss. */
  step(inputs: readonly Tensor[]): readonly Tensor[];
  dispose(): void;
}

export function createTraining(net: string, optimizer: string): SmallTraining {
  const spec = nets[net];
  const create = optimizers[optimizer];
  if (spec === undefined || create === undefined) throw new Error(`no such net or optimizer: ${net}, ${optimizer}`);
  seedMathRandom(1, 'model');
  const model = spec.build();
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const own = create();
  const loss = (x: Tensor, y: Tensor): Scalar =>
    tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, model.apply(x, { training: true }) as Tensor);
  return {
    model,
    optimizer: own,
    variables,
    batch(step, size = batchSize) {
      const prng = createPrng(step + 1);
      const { inputShape, vocabulary } = spec;
      const x = Float32Array.from({ length: size * inputShape.reduce((product, length) => product * length, 1) }, () =>
        vocabulary === undefined ? prng.normal() : Math.floor(prng.next() * vocabulary),
      );
      const y = new Float32Array(size * classCount);
      for (let row = 0; row < size; row++) y[row * classCount + ((x[row * (x.length / size)] ?? 0) > 0.5 ? 1 : 0)] = 1;
      return [tf.tensor(x, [size, ...inputShape]), tf.tensor(y, [size, classCount])];
    },
    step([x, y]) {
      if (x === undefined || y === undefined) throw new Error('a step takes x and y');
      return tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => loss(x, y), [...variables]);
        own.applyGradients(grads);
        return [value];
      });
    },
    dispose() {
      model.dispose();
      own.dispose();
    },
  };
}

export interface Trained {
  /** By step. */
  readonly losses: readonly number[];
  /** Of rank 0's evaluations, in between. */
  readonly evaluated: readonly number[];
  readonly weights: readonly Float32Array[];
  readonly replayCount: number;
  readonly refusal: string | null;
}

/** Trains so many steps. `between` runs after each, outside of the step. */
export async function train(
  engine: Engine,
  training: SmallTraining,
  stepCount: number,
  options: {
    readonly isCaptured: boolean;
    readonly settings?: (step: number) => string;
    readonly between?: (step: number) => void | Promise<void>;
  },
): Promise<Trained> {
  const { backend } = engine;
  if (backend === null) throw new Error('expected WebGPU');
  const { isCaptured, settings = () => '', between = () => undefined } = options;
  const captured = new CapturedFunction(backend, (inputs) => training.step(inputs));
  const losses: number[] = [];
  const evaluated: number[] = [];
  let replayCount = 0;
  for (let step = 0; step < stepCount; step++) {
    const batch = training.batch(step);
    const result = isCaptured ? captured.call('', settings(step), batch, (graph, inputs) => (replayCount++, graph.replay(inputs))) : null;
    const outputs = result?.outputs ?? training.step(batch);
    losses.push((await outputs[0]?.data<'float32'>())?.[0] ?? Number.NaN);
    if (result === null) tf.dispose([...outputs]);
    else result.dispose();
    tf.dispose([...batch]);
    if (step % 5 === 4) evaluated.push(await evaluate(training, step));
    await between(step);
  }
  const { refusal } = captured;
  captured.dispose();
  const weights = await readWeights([
    ...training.variables,
    ...training.model.nonTrainableWeights.map((weight) => weight.read() as Variable),
  ]);
  return { losses, evaluated, weights, replayCount, refusal };
}

/** A forward pass outside of training, on another batch size, and some work that takes buffers from the pool. */
async function evaluate({ model, batch }: SmallTraining, step: number): Promise<number> {
  const [x, y] = batch(1000 + step, 5);
  const score = tf.tidy(() => tf.sum(tf.mul(tf.softmax(model.apply(x, { training: false }) as Tensor), y)));
  tf.tidy(() => {
    tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
  });
  const [value = Number.NaN] = await score.data<'float32'>();
  tf.dispose([x, y, score]);
  return value;
}
