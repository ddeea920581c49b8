// The members of tfjs's WebGPUBackend (4.22.0, exact version pin) that we use although its typings call them private. They are written
// down once, cast once, and checked once at start-up, so that another tfjs version fails with the name of what is gone instead of with
// wrong numbers.

import type { TensorInfo } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import type { WebGPUBackend } from '../tf.ts';

/** What the backend keeps for each tensor. */
export interface StoredTensor {
  values: ArrayLike<number> | null | undefined;
  /** Of the buffer; a TensorInfo may call an int32 buffer float32 after a cast that loses nothing. */
  readonly dtype: string;
  readonly shape: readonly number[];
  refCount: number;
  resource: GPUBuffer | null | undefined;
  complexTensorInfos?: { readonly real: TensorInfo; readonly imag: TensorInfo } | null;
}

/** tfjs's pool of GPU buffers. */
export interface BufferPool {
  /** Free buffers by `${size}_${usage}`; the last one is handed out next. */
  readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

/** A field of a uniform struct: values of one type. */
export interface UniformField {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: number[];
}

export interface BackendInternals {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  /** Another one while a step is recorded. */
  bufferManager: BufferPool;
  readonly tensorMap: { get(dataId: object): StoredTensor | undefined; has(dataId: object): boolean };
  readonly pipelineCache: Record<string, GPUComputePipeline>;
  /** Tensors that commands not yet submitted refer to: their buffers must not be recycled. Replaced at every submit. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  /** Uniform buffers that go back to the pool at the next submit. */
  readonly uniformPendingDisposal: GPUBuffer[];
  makeUniforms(fields: readonly UniformField[]): GPUBufferBinding;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const methods = [
  'makeUniforms',
  'ensureCommandEncoderReady',
  'endComputePassEncoder',
  'submitQueue',
  'runWebGPUProgram',
  'uploadToGPU',
  'getBufferData',
  'disposeData',
] as const;
const objects = [
  'device',
  'queue',
  'bufferManager',
  'tensorMap',
  'pipelineCache',
  'commandQueueOwnedIds',
  'uniformPendingDisposal',
  'dispatchCountInPass',
] as const;
const nullable = ['commandEncoder', 'computePassEncoder'] as const;

/** The backend with its private members visible. */
export function internalsOf(backend: WebGPUBackend): BackendInternals {
  // The typings declare these members private; checkInternals has made sure that they are there.
  return backend as unknown as BackendInternals;
}

/** Throws `internal`, naming the first member that this tfjs version lacks. */
export function checkInternals(backend: object): void {
  const members = backend as Readonly<Record<string, unknown>>;
  const missing =
    methods.find((name) => typeof members[name] !== 'function') ??
    objects.find((name) => members[name] === undefined || members[name] === null) ??
    nullable.find((name) => members[name] === undefined) ??
    ['acquireBuffer', 'releaseBuffer'].find((name) => typeof (members['bufferManager'] as Record<string, unknown>)[name] !== 'function');
  if (missing === undefined) return;
  throw new PlaygroundError(
    'internal',
    `WebGPU backend: expected a member named ${missing}, got none. Use tfjs-backend-webgpu 4.22.0, which this engine is written for.`,
    { missing },
  );
}
