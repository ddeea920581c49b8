// What one training step costs in GPU memory, by class. `weights` and `optimizer` are the buffers of the given tensors. `graph` is the most
// that tensors held during the step beyond what was there when it began: activations, gradients, temporaries and casts. Tensors that
// outlive the step although it made their buffers (weights uploaded on first use, slots of the first step, input data) are not part of it,
// so the number is the same from the first step on. What of it are gradients and f16 copies of weights is said by those who make them.
// `peak` is of the whole device, since its ledger last counted it anew.

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
  const [slotsBefore, data] = [bytesOf(before.optimizer), bytesOf(before.data)];
  backend.flush();
  const start = ledger.liveBytes;
  ledger.restartLivePeak();
  const weightIds = new Set<object>(before.weights.map(({ dataId }) => dataId));
  backend.onCast = (from, copy) => {
    if (weightIds.has(from)) ledger.note(backend.bufferOf(copy), 'weight copy');
  };
  let hasGradients = false;
  watched.set(engine, () => {
    hasGradients = true;
  });
  try {
    const result = await step();
    const after = lasting();
    const optimizer = bytesOf(after.optimizer);
    const newSlots = Math.max(0, optimizer - slotsBefore);
    const graph = Math.max(0, ledger.livePeakBytes - start - newSlots);
    const [gradients, weightCopies] = [ledger.bytesAtLivePeak('gradient'), ledger.bytesAtLivePeak('weight copy')];
    const parts = { data, gradients, weightCopies, activations: Math.max(0, graph - gradients - weightCopies) };
    const bytes = { weights: bytesOf(after.weights), optimizer, graph, peak: ledger.peakBytes };
    return { result, bytes: hasGradients ? { ...bytes, parts } : bytes };
  } finally {
    ledger.forgetLivePeak();
    backend.onCast = null;
    watched.delete(engine);
  }
}

/** Steps that are being measured, and what hears of their gradients. */
const watched = new WeakMap<Engine, () => void>();

/** Says that these are gradients of weights, for the books of a step that is being measured. */
export function noteGradients(engine: Engine, gradients: readonly Tensor[]): void {
  const { backend, ledger } = engine;
  const hear = watched.get(engine);
  if (backend === null || ledger === null || hear === undefined) return;
  hear();
  for (const { dataId } of gradients) ledger.note(backend.bufferOf(dataId), 'gradient');
}
