// One split of a dataset, held on the host: batches are gathered here, row by row, and only they go to the GPU.

import type { DatasetSplit } from '../data/dataset.ts';
import { tf } from '../engine/tf.ts';

/** Samples and labels as flat arrays, with the shape of a row. */
export class HostSplit {
  readonly rowCount: number;
  /** Shape of one sample, without the batch axis. */
  readonly xRowShape: readonly number[];
  readonly yRowShape: readonly number[];
  private readonly x: Float32Array;
  private readonly y: Float32Array;

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

  /** (B, …row) as a new tensor. */
  xTensor(rows: Uint32Array): tf.Tensor {
    return tf.tensor(gather(this.x, this.rowCount, rows), [rows.length, ...this.xRowShape]);
  }

  /** (B, …row) as a new tensor. */
  yTensor(rows: Uint32Array): tf.Tensor {
    return tf.tensor(this.gatherLabels(rows), [rows.length, ...this.yRowShape]);
  }

  /** The labels of these rows, flat. */
  gatherLabels(rows: Uint32Array): Float32Array {
    return gather(this.y, this.rowCount, rows);
  }
}

function gather(values: Float32Array, rowCount: number, rows: Uint32Array): Float32Array {
  const width = values.length / rowCount;
  const out = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) out.set(values.subarray(row * width, (row + 1) * width), index * width);
  return out;
}

function toFloats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
