// One split of a dataset, held on the device: for a step the host sends the numbers of its rows, and the step copies them to where it reads
// its batch. There they lie in the same buffers in every step, so that a recorded step can begin with the copy.

import type { DatasetSplit } from '../data/dataset.ts';
import type { LockstepBackend } from '../engine/backend/lockstep-backend.ts';
import { loadBatch } from '../engine/kernels/load-batch.ts';
import type { SamplesAndLabels } from '../engine/kernels/load-batch.ts';
import { tf } from '../engine/tf.ts';
import type { Batch, TrainingSplit } from './training-split.ts';

/** Larger tensors stay on the host: a device has better things to hold, and binds at least 128 MiB (WebGPU's default limit). */
const mostBytes = 64 * 1024 * 1024;

/** Whether both tensors of a split may lie on a device. */
export function fitsDevice({ x, y }: DatasetSplit): boolean {
  return Math.max(x.size, y.size) * 4 <= mostBytes;
}

/** Samples and labels on the device. Nobody may write into the tensors of its batches, or keep them. */
export class DeviceSplit implements TrainingSplit {
  readonly rowCount: number;
  private readonly backend: LockstepBackend;
  private readonly all: SamplesAndLabels;
  /** Where batches lie, by their place among the micro-steps and their length. */
  private readonly batches = new Map<string, SamplesAndLabels>();

  /** Takes the tensors over. */
  constructor(backend: LockstepBackend, { x, y }: DatasetSplit) {
    this.backend = backend;
    this.rowCount = x.shape[0] ?? 0;
    const plain = (tensor: tf.Tensor): tf.Tensor => tf.engine().makeTensorFromTensorInfo(backend.toF32(tensor), backend);
    this.all = { x: plain(x), y: plain(y) };
    tf.dispose([x, y]);
  }

  get resident(): readonly tf.Tensor[] {
    return [this.all, ...this.batches.values()].flatMap(({ x, y }) => [x, y]);
  }

  batch(rows: Uint32Array, place: number): Batch {
    const numbers = tf.tensor1d(Int32Array.from(rows), 'int32');
    const batch = this.placeFor(rows.length, place);
    return { ...batch, inputs: [numbers], load: () => loadBatch(this.backend, numbers, this.all, batch) };
  }

  release(inputs: readonly tf.Tensor[]): void {
    tf.dispose([...inputs]);
  }

  private placeFor(length: number, place: number): SamplesAndLabels {
    const key = `${place}:${length}`;
    let batch = this.batches.get(key);
    if (batch === undefined) {
      const like = ({ shape }: tf.Tensor): tf.Tensor =>
        tf.engine().makeTensorFromTensorInfo(this.backend.makeTensorInfo([length, ...shape.slice(1)], 'float32'), this.backend);
      this.batches.set(key, (batch = { x: like(this.all.x), y: like(this.all.y) }));
    }
    return batch;
  }
}
