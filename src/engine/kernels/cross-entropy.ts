// tf.losses.softmaxCrossEntropy and sigmoidCrossEntropy in three programs, forward and backward together, instead of some twenty. tfjs has no
// kernel of that name to replace, so the two functions of `tf.losses` are replaced by ones that ask on every call whether ours applies:
// on WebGPU, floats, the mean without weights and without label smoothing. Everything else, gradients of gradients among it, goes
// to tfjs's own.

import type { GradConfig, KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { UniformField } from '../backend/internals.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { gradientProgram, lossProgram, mostInvocations, type CrossEntropyKind } from './cross-entropy-program.ts';

/** An invocation goes through a row by itself: with more classes than this a row wants more of them. */
const mostClasses = 1024;

interface Inputs {
  readonly labels: TensorInfo;
  readonly logits: TensorInfo;
}

interface GradientInputs extends Inputs {
  readonly dy: TensorInfo;
}

/** Registers the kernels and makes `tf.losses` take them where they apply. */
export function registerCrossEntropy(): void {
  for (const kind of ['softmax', 'sigmoid'] as const) {
    tf.registerKernel(meanKernel(kind));
    tf.registerKernel(gradientKernel(kind));
    tf.registerGradient(gradientOf(kind));
  }
  const { softmaxCrossEntropy, sigmoidCrossEntropy } = tf.losses;
  tf.losses.softmaxCrossEntropy = replacement('softmax', softmaxCrossEntropy);
  tf.losses.sigmoidCrossEntropy = replacement('sigmoid', sigmoidCrossEntropy);
}

type Loss = typeof tf.losses.softmaxCrossEntropy;

function replacement(kind: CrossEntropyKind, stock: Loss): Loss {
  const ours: Loss = (labels, logits, weights, labelSmoothing, reduction) => {
    const isMean = reduction === undefined || reduction === tf.Reduction.SUM_BY_NONZERO_WEIGHTS || reduction === tf.Reduction.MEAN;
    const isPlain = (weights === undefined || weights === null) && (labelSmoothing === undefined || labelSmoothing === 0) && isMean;
    const isOurs = isPlain && labels instanceof tf.Tensor && logits instanceof tf.Tensor && fits(kind, labels, logits);
    if (!isOurs) return stock(labels, logits, weights, labelSmoothing, reduction);
    const floats = labels.dtype === 'float32' ? labels : tf.cast(labels, 'float32');
    // The generic result is whatever tensor type the caller says; a scalar is what tfjs's own returns here.
    return tf.engine().runKernel<never>(meanName(kind), { labels: floats, logits });
  };
  return ours;
}

function fits(kind: CrossEntropyKind, labels: Tensor, logits: Tensor): boolean {
  const isOnWebGpu = tf.getBackend() === 'webgpu' && tf.engine().state.gradientDepth <= 1;
  const isAlike = labels.dtype !== 'string' && labels.dtype !== 'complex64' && labels.shape.join() === logits.shape.join();
  const count = countOf(kind, logits);
  const isSmall = kind === 'sigmoid' || (logits.shape.at(-1) ?? 0) <= mostClasses;
  return isOnWebGpu && isAlike && logits.dtype === 'float32' && logits.rank > 0 && logits.size > 0 && isSmall && count <= mostInvocations;
}

function meanName(kind: CrossEntropyKind): string {
  return `LockstepMeanCrossEntropy_${kind}`;
}

function gradientName(kind: CrossEntropyKind): string {
  return `LockstepMeanCrossEntropyGradient_${kind}`;
}

/** labels, logits (…, C) -> scalar */
function meanKernel(kind: CrossEntropyKind): KernelConfig {
  return onWebGpu(meanName(kind), ({ labels, logits }, backend) => {
    const count = countOf(kind, logits);
    const losses = backend.runWebGPUProgram(lossProgram(kind, count), [flat(labels), flat(logits)], 'float32', sizes(kind, logits));
    const mean = tf.getKernel('Mean', 'webgpu').kernelFunc({ inputs: { x: losses }, backend, attrs: { axis: [0], keepDims: false } });
    backend.disposeData(losses.dataId);
    return mean as TensorInfo; // one output
  });
}

/** labels, logits (…, C), dy scalar -> (…, C) */
function gradientKernel(kind: CrossEntropyKind): KernelConfig {
  return onWebGpu(gradientName(kind), ({ labels, logits, dy }: GradientInputs, backend) => {
    const [size, count] = [sizeOf(logits.shape), countOf(kind, logits)];
    const uniforms = [...sizes(kind, logits), { type: 'float32' as const, data: [1 / count] }];
    const { dataId } = backend.runWebGPUProgram(
      gradientProgram(kind, size, count),
      [flat(labels), flat(logits), flat(dy)],
      'float32',
      uniforms,
    );
    return { dataId, dtype: 'float32', shape: [...logits.shape] };
  });
}

function gradientOf(kind: CrossEntropyKind): GradConfig {
  return {
    kernelName: meanName(kind),
    inputsToSave: ['labels', 'logits'],
    gradFunc: (dy, saved) => {
      const [labels, logits] = saved as [Tensor, Tensor]; // as saved
      const forLogits = () => tf.engine().runKernel<Tensor>(gradientName(kind), { labels, logits, dy: dy as Tensor }); // one output
      // As tfjs's own have it: of the softmax's labels the negated one of the logits.
      const forLabels = () => (kind === 'softmax' ? tf.neg(forLogits()) : tf.mul(tf.neg(logits), tf.div(dy as Tensor, logits.size)));
      return { labels: forLabels, logits: forLogits };
    },
  };
}

function onWebGpu(kernelName: string, compute: (inputs: GradientInputs, backend: LockstepBackend) => TensorInfo): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    // The inputs are those that this file calls it with, and the registered 'webgpu' backend is ours (start-webgpu.ts).
    kernelFunc: ({ inputs, backend }) => compute(inputs as unknown as GradientInputs, backend as LockstepBackend),
  };
}

/** How many losses are averaged: one a row, or one a value. */
function countOf(kind: CrossEntropyKind, { shape }: TensorInfo): number {
  return sizeOf(kind === 'softmax' ? shape.slice(0, -1) : shape);
}

function sizes(kind: CrossEntropyKind, logits: TensorInfo): UniformField[] {
  return [countOf(kind, logits), logits.shape.at(-1) ?? 1].map((size) => ({ type: 'int32', data: [size] }));
}

function flat(tensor: TensorInfo): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [sizeOf(tensor.shape)] };
}
