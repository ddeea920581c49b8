// BatchNorm over the whole batch of a data-parallel lane (torch's SyncBatchNorm). A rank needs the other ranks' sums in the middle of its
// forward pass, and again in the middle of its backward pass, and tfjs can wait in neither. So the model is cut at its BatchNorm layers:
// forward segment by segment, with the statistics combined in between; then backward from the last segment to the first, each computed
// once more under the tape, with the sums of BatchNorm's own gradient combined in between:
//   x̂ = (z − μ)/√(σ² + ε),  a = γ·x̂ + β
//   dz = γ/√(σ² + ε) · (da − Σda/n − x̂·Σ(da·x̂)/n)    Ioffe and Szegedy, 2015, with both sums and n over all ranks
// The statistics are combined from each rank's mean and sum of squares about it (Chan et al., 1979), in rank order.

import { PlaygroundError } from '../core/errors.ts';
import type { ProcessGroup } from '../collective/process-group.ts';
import type { Precision } from '../core/precision/precision-modes.ts';
import type { Engine } from '../engine/engine.ts';
import { tf } from '../engine/tf.ts';
import { batchNormParts } from './batch-norm-parts.ts';
import type { BatchNormParts } from './batch-norm-parts.ts';
import { inPrecision } from './in-precision.ts';
import { replayRandom } from './seeded-random.ts';

/** What one forward and backward pass gives. */
export interface StagedBackward {
  readonly loss: tf.Scalar;
  /** By variable name. */
  readonly gradients: tf.NamedTensorMap;
}

/** Layers up to a BatchNorm layer, or to the end (`norm` null). */
interface Segment {
  readonly layers: readonly tf.layers.Layer[];
  readonly variables: readonly tf.Variable[];
  readonly norm: BatchNormParts | null;
}

/** What the forward pass of a segment leaves for the backward pass. */
interface Trace {
  readonly segment: Segment;
  readonly input: tf.Tensor;
  /** Null where no BatchNorm follows. */
  readonly normalized: tf.Tensor | null;
  readonly inverseDeviation: tf.Tensor | null;
  readonly randomNumbers: number[];
}

/** One rank's model, cut at its BatchNorm layers. */
export class SyncedBatchNorm {
  private readonly engine: Engine;
  private readonly group: ProcessGroup;
  private readonly precision: Precision;
  private readonly segments: readonly Segment[];

  /** Throws `not-supported` for a model that is no chain of layers. */
  constructor(engine: Engine, group: ProcessGroup, precision: Precision, model: tf.LayersModel) {
    this.engine = engine;
    this.group = group;
    this.precision = precision;
    this.segments = cut(model);
  }

  /** The loss of one micro-batch and its gradients; `lossOf` turns the model's output into the scalar to differentiate. */
  async backward(x: tf.Tensor, lossOf: (output: tf.Tensor) => tf.Scalar): Promise<StagedBackward> {
    const traces: Trace[] = [];
    let input = x;
    for (const segment of this.segments) {
      const trace = await this.forward(segment, input);
      traces.push(trace);
      if (trace.normalized === null || segment.norm === null) break;
      input = affine(trace.normalized, segment.norm);
    }
    const gradients: tf.NamedTensorMap = {};
    let loss: tf.Scalar | null = null;
    let outputGradient: tf.Tensor | null = null;
    for (const trace of traces.toReversed()) {
      const { normalized, inverseDeviation } = trace;
      const { norm } = trace.segment;
      if (outputGradient !== null && normalized !== null && inverseDeviation !== null && norm !== null) {
        outputGradient = await this.normBackward(outputGradient, { normalized, inverseDeviation, norm }, gradients);
      }
      const { value, inputGradient } = this.segmentBackward(trace, lossOf, outputGradient, gradients);
      if (outputGradient === null) loss = value as tf.Scalar; // the last segment ends in the loss
      else value.dispose();
      outputGradient?.dispose();
      outputGradient = inputGradient;
      if (trace.input !== x) trace.input.dispose();
      tf.dispose([normalized, inverseDeviation].filter((tensor) => tensor !== null));
    }
    outputGradient?.dispose();
    if (loss === null) throw new PlaygroundError('internal', 'synchronised BatchNorm: the model has no layers.');
    return { loss, gradients };
  }

  private async forward(segment: Segment, input: tf.Tensor): Promise<Trace> {
    const randomNumbers: number[] = [];
    const { norm } = segment;
    if (norm === null) return { segment, input, normalized: null, inverseDeviation: null, randomNumbers };
    const z = tf.tidy(() => this.inPrecision(() => replayRandom(randomNumbers, () => apply(segment.layers, input))));
    const { mean, variance } = await this.combinedMoments(z, norm.axes);
    norm.updateMoving(mean, variance);
    const [normalized, inverseDeviation] = tf.tidy(() => {
      const inverse = tf.rsqrt(tf.add(variance, norm.epsilon));
      return [tf.mul(tf.sub(tf.cast(z, 'float32'), norm.spread(mean)), norm.spread(inverse)), inverse];
    });
    tf.dispose([z, mean, variance]);
    return { segment, input, normalized, inverseDeviation, randomNumbers };
  }

  /** Mean and biased variance per channel, over all ranks. */
  private async combinedMoments(
    z: tf.Tensor,
    axes: readonly number[],
  ): Promise<{ readonly mean: tf.Tensor; readonly variance: tf.Tensor }> {
    const { mean, variance } = tf.tidy(() => tf.moments(tf.cast(z, 'float32'), [...axes]));
    const [means, variances] = await Promise.all([mean.data<'float32'>(), variance.data<'float32'>()]);
    const channelCount = means.length;
    const own = new Float32Array(2 * channelCount + 1);
    own.set(means);
    own.set(variances, channelCount);
    own[2 * channelCount] = z.size / channelCount;
    tf.dispose([mean, variance]);
    const all = await this.group.allGather(own);
    const [mu, sigma2] = combineMoments(all, channelCount);
    return { mean: tf.tensor1d(mu), variance: tf.tensor1d(sigma2) };
  }

  /** The gradient of BatchNorm's input; those of γ and β, of this rank's own samples, go into `gradients`. */
  private async normBackward(
    outputGradient: tf.Tensor,
    { normalized, inverseDeviation, norm }: { normalized: tf.Tensor; inverseDeviation: tf.Tensor; norm: BatchNormParts },
    gradients: tf.NamedTensorMap,
  ): Promise<tf.Tensor> {
    const sum = tf.sum(outputGradient, [...norm.axes]);
    const weightedSum = tf.tidy(() => tf.sum(tf.mul(outputGradient, normalized), [...norm.axes]));
    const [sums, weightedSums] = await Promise.all([sum.data<'float32'>(), weightedSum.data<'float32'>()]);
    const channelCount = sums.length;
    const total = new Float32Array(2 * channelCount + 1);
    total.set(sums);
    total.set(weightedSums, channelCount);
    total[2 * channelCount] = outputGradient.size / channelCount;
    await this.group.allReduce(total, 'sum');
    const n = total[2 * channelCount] ?? 1;
    if (norm.beta !== null) gradients[norm.beta.name] = sum;
    else sum.dispose();
    if (norm.gamma !== null) gradients[norm.gamma.name] = weightedSum;
    else weightedSum.dispose();
    const inputGradient = tf.tidy(() => {
      const meanGradient = norm.spread(tf.div(tf.tensor1d(total.slice(0, channelCount)), n));
      const meanWeighted = norm.spread(tf.div(tf.tensor1d(total.slice(channelCount, 2 * channelCount)), n));
      // dx̂ = γ·da; both sums carry the factor γ as well, because γ is constant over what they sum.
      const slope = norm.gamma === null ? inverseDeviation : tf.mul(norm.gamma, inverseDeviation);
      return tf.mul(norm.spread(slope), tf.sub(tf.sub(outputGradient, meanGradient), tf.mul(normalized, meanWeighted)));
    });
    outputGradient.dispose();
    return inputGradient;
  }

  /** Computes a segment again under the tape. `outputGradient` null: it is the last, and ends in the loss. */
  private segmentBackward(
    { segment, input, randomNumbers }: Trace,
    lossOf: (output: tf.Tensor) => tf.Scalar,
    outputGradient: tf.Tensor | null,
    gradients: tf.NamedTensorMap,
  ): { readonly value: tf.Tensor; readonly inputGradient: tf.Tensor } {
    const compute = (): tf.Tensor => {
      const output = replayRandom(randomNumbers, () => apply(segment.layers, input));
      return outputGradient === null ? lossOf(output) : tf.cast(output, 'float32');
    };
    const sources = [input, ...segment.variables];
    // What a gradient does not reach (an input that is only reshaped is reached; an unused variable is not) is left out by the engine.
    const { value, grads } = tf.tidy(() =>
      this.inPrecision(() => tf.engine().gradients(compute, sources, outputGradient ?? undefined, true)),
    );
    const [inputGradient, ...own] = grads;
    for (const [index, variable] of segment.variables.entries()) {
      const gradient = own[index] as tf.Tensor | null | undefined; // allowNoGradients leaves holes
      if (gradient !== null && gradient !== undefined) gradients[variable.name] = gradient;
    }
    if (inputGradient === undefined) throw new PlaygroundError('internal', 'synchronised BatchNorm: a segment gave no gradient.');
    return { value, inputGradient };
  }

  private inPrecision<T extends tf.TensorContainer>(body: () => T): T {
    return inPrecision(this.engine, this.precision, body);
  }
}

/** A chain of layers, cut after what feeds each BatchNorm layer. */
function cut(model: tf.LayersModel): readonly Segment[] {
  const segments: Segment[] = [];
  let layers: tf.layers.Layer[] = [];
  const close = (norm: BatchNormParts | null): void => {
    const variables = layers.flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as tf.Variable)); // as in build-model.ts
    segments.push({ layers, variables, norm });
    layers = [];
  };
  for (const layer of chainOf(model)) {
    const norm = batchNormParts(layer);
    if (norm === null) layers.push(layer);
    else close(norm);
  }
  close(null);
  return segments;
}

function chainOf(model: tf.LayersModel): readonly tf.layers.Layer[] {
  if (!(model instanceof tf.Sequential)) {
    const expectation = 'batchNorm: expected a tf.sequential model to synchronise BatchNorm in, got one of another form.';
    throw new PlaygroundError('not-supported', `${expectation} Use batchNorm local, or write it as a chain of layers.`, {
      place: 'batchNorm',
    });
  }
  return model.layers
    .filter((layer) => layer.getClassName() !== 'InputLayer')
    .flatMap((layer) => (layer instanceof tf.LayersModel ? chainOf(layer) : [layer]));
}

function apply(layers: readonly tf.layers.Layer[], input: tf.Tensor): tf.Tensor {
  return layers.reduce((value, layer) => layer.apply(value, { training: true }) as tf.Tensor, input); // a chain has one output per layer
}

/** γ·x̂ + β */
function affine(normalized: tf.Tensor, { gamma, beta, spread }: BatchNormParts): tf.Tensor {
  return tf.tidy(() => {
    const scaled = gamma === null ? normalized.clone() : tf.mul(normalized, spread(gamma));
    return beta === null ? scaled : tf.add(scaled, spread(beta));
  });
}

/**
 * Mean and biased variance of all values from those of their parts, each `[means…, variances…, count]`: Chan, Golub and LeVeque, 1979. In
 * float64, so that the result is that of one rank with all values, up to the rounding of the parts.
 */
export function combineMoments(
  parts: readonly Float32Array[],
  channelCount: number,
): readonly [mean: Float32Array, variance: Float32Array] {
  const mean = new Float64Array(channelCount);
  const squares = new Float64Array(channelCount);
  let count = 0;
  for (const part of parts) {
    const partCount = part[2 * channelCount] ?? 0;
    if (partCount === 0) continue; // a rank without samples: its moments are NaN
    const all = count + partCount;
    for (let channel = 0; channel < channelCount; channel++) {
      const distance = (part[channel] ?? 0) - (mean[channel] ?? 0);
      mean[channel] = (mean[channel] ?? 0) + (distance * partCount) / all;
      const partSquares = (part[channelCount + channel] ?? 0) * partCount;
      squares[channel] = (squares[channel] ?? 0) + partSquares + (distance * distance * count * partCount) / all;
    }
    count = all;
  }
  return [Float32Array.from(mean), Float32Array.from(squares, (sum) => sum / count)];
}
