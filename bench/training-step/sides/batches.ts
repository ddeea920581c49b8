// The same batches for every side: those that a lane's own sampler would deal to a single rank.

import { createShardSampler } from '../../../src/train/sampler.ts';
import type { StartingPoint } from './side.ts';

/** One global batch on the host. */
export interface HostBatch {
  /** Flat (B, …row). */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Gives the batch of step 1, 2, … in turn. */
export function batchesOf({ x, y, rowCount, batch, seed }: StartingPoint): () => HostBatch {
  const sampler = createShardSampler({ sampleCount: rowCount, globalBatch: batch, rank: 0, worldSize: 1, seed });
  let step = 0;
  return () => {
    const rows = sampler.shardAt(++step);
    return { x: gather(x, rowCount, rows), y: gather(y, rowCount, rows) };
  };
}

function gather(values: Float32Array, rowCount: number, rows: Uint32Array): Float32Array {
  const width = values.length / rowCount;
  const out = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) out.set(values.subarray(row * width, (row + 1) * width), index * width);
  return out;
}
