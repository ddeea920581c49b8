// What one training step costs in GPU memory, by class. `weights` and `optimizer` are the buffers of the given tensors. `graph` is the most
// that tensors held during the step beyond what was there when it began: activations, gradients, temporaries and casts. Tensors that
// outlive the step although it made their buffers (weights uploaded on first use, slots of the first step, input data) are not part of it,
// so the number is the same from the first step on. `peak` is of the whole device, since its ledger last counted it anew.

import type { Tensor } from '@tensorflow/tfjs';
import type { GpuBytes } from '../core/device-report.ts';
import type { Engine } from './engine.ts';

/** The tensors that outlive a step. */
export interface LastingTensors {
  readonly weights: readonly Tensor[];
  /** Of the optimizer, as `optimizerSlots` lists them. */
  readonly optimizer: readonly Tensor[];
  /** Batches or whole datasets that the step reads. */
  readonly data: readonly Tensor[];
}

/** A step's result and its bytes; `bytes` is null without a GPU. */
export interface MeasuredStep<T> {
  readonly result: T;
  readonly bytes: GpuBytes | null;
}

/**
 * Runs a step and measures it. `lasting` is asked before and after, because variables move to new buffers and slots appear.
 * Data that the step disposes must still be listed before it.
 */
export async function measureStep<T>(engine: Engine, lasting: () => LastingTensors, step: () => T | Promise<T>): Promise<MeasuredStep<T>> {
  const { backend, ledger } = engine;
  if (backend === null || ledger === null) return { result: await step(), bytes: null };
  const bytesOf = (tensors: readonly Tensor[]): number => {
    const dataIds = new Set<object>(tensors.filter((tensor) => !tensor.isDisposed).map((tensor) => tensor.dataId));
    return [...dataIds].reduce((sum, dataId) => sum + backend.bufferBytes(dataId), 0);
  };
  const before = lasting();
  for (const tensor of [...before.weights, ...before.data]) if (!tensor.isDisposed) backend.uploadToGPU(tensor.dataId);
  const slotsBefore = bytesOf(before.optimizer);
  backend.flush();
  const start = ledger.liveBytes;
  ledger.restartLivePeak();
  const result = await step();
  const after = lasting();
  const optimizer = bytesOf(after.optimizer);
  const newSlots = Math.max(0, optimizer - slotsBefore);
  const graph = Math.max(0, ledger.livePeakBytes - start - newSlots);
  return { result, bytes: { weights: bytesOf(after.weights), optimizer, graph, peak: ledger.peakBytes } };
}
