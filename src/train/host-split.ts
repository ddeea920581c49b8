// One split of a dataset, held on the host: batches are gathered here, row by row, and only they go to the GPU.

import type { DatasetSplit } from '../data/dataset.ts';
import { tf } from '../engine/tf.ts';
import type { Batch, TrainingSplit } from './training-split.ts';

/** Samples and labels as flat arrays, with the shape of a row. */
export class HostSplit implements TrainingSplit {
  readonly resident: readonly tf.Tensor[] = [];
  readonly rowCount: number;
  /** Shape of one sample, without the batch axis. */
  readonly xRowShape: readonly number[];
  readonly yRowShape: readonly number[];
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  /** What batches that are not released yet were made of. */
  private readonly arrayOf = new WeakMap<tf.Tensor, Float32Array>();
  /** Left over from released ones: to make an array costs more than to fill it. */
  private readonly spare: Float32Array[] = [];

  private constructor(x: Float32Array, y: Float32Array, split: DatasetSplit) {
    this.x = x;
    this.y = y;
    this.rowCount = split.x.shape[0] ?? 0;
    this.xRowShape = split.x.shape.slice(1);
    this.yRowShape = split.y.shape.slice(1);
  }

  /** Takes the values over and disposes of the tensors. */
  static async take(split: DatasetSplit): Promise<HostSplit> {
    const [x, y] = await Promise.all([split.x.data(), split.y.data()]);
    const host = new HostSplit(toFloats(x), toFloats(y), split);
    tf.dispose([split.x, split.y]);
    return host;
  }

  batch(rows: Uint32Array): Batch {
    const [x, y] = [this.xTensor(rows), this.yTensor(rows)];
    return { x, y, inputs: [x, y], load: null };
  }

  /** (B, …row) as a new tensor; one that a training step used may come back with `release`. */
  xTensor(rows: Uint32Array): tf.Tensor {
    return this.tensorOf(this.x, rows, this.xRowShape);
  }

  /** (B, …row) as a new tensor, like `xTensor`. */
  yTensor(rows: Uint32Array): tf.Tensor {
    return this.tensorOf(this.y, rows, this.yRowShape);
  }

  /** The labels of these rows, flat. */
  gatherLabels(rows: Uint32Array): Float32Array {
    return gather(this.y, this.rowCount, rows, new Float32Array(rows.length * (this.y.length / this.rowCount)));
  }

  /** Disposes of batches. `isForgotten`: nobody has kept their values, and those that nobody refers to may be written over. */
  release(batches: readonly tf.Tensor[], isForgotten: boolean): void {
    for (const batch of batches) {
      const array = this.arrayOf.get(batch);
      this.arrayOf.delete(batch);
      if (array !== undefined && isForgotten && !batch.isDisposed && tf.engine().backend.refCount(batch.dataId) === 1)
        this.spare.push(array);
      batch.dispose();
    }
  }

  private tensorOf(values: Float32Array, rows: Uint32Array, rowShape: readonly number[]): tf.Tensor {
    const size = rows.length * (values.length / this.rowCount);
    const place = this.spare.findIndex(({ length }) => length === size);
    const [array = new Float32Array(size)] = place < 0 ? [] : this.spare.splice(place, 1);
    const tensor = tf.tensor(gather(values, this.rowCount, rows, array), [rows.length, ...rowShape]);
    this.arrayOf.set(tensor, array);
    return tensor;
  }
}

/** Fills `out` with these rows. */
function gather(values: Float32Array, rowCount: number, rows: Uint32Array, out: Float32Array): Float32Array {
  const width = values.length / rowCount;
  for (let index = 0; index < rows.length; index++) {
    const from = (rows[index] ?? 0) * width;
    out.set(values.subarray(from, from + width), index * width);
  }
  return out;
}

function toFloats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
