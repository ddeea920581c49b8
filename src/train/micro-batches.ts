// A rank's shard, cut into the samples of its micro-steps.

/** The samples of one micro-step. */
export interface MicroBatch {
  readonly rows: Uint32Array;
  /** Its weight in the mean over the micro-steps: its samples × micro-steps ÷ the shard's samples; 1 where they are equal. */
  readonly weight: number;
}

/** Contiguous pieces in order, as equal as can be; fewer where there are fewer samples than micro-steps, and none for an empty shard. */
export function microBatches(shard: Uint32Array, count: number): readonly MicroBatch[] {
  const pieceCount = Math.min(count, shard.length);
  return Array.from({ length: pieceCount }, (_, index) => {
    const rows = shard.subarray(Math.floor((shard.length * index) / pieceCount), Math.floor((shard.length * (index + 1)) / pieceCount));
    return { rows, weight: (rows.length * pieceCount) / shard.length };
  });
}
