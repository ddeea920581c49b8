// How values are cut into one chunk per rank: sizes differ by at most one, and are zero where there are fewer values than ranks.

/** First index of a rank's chunk. `rank = worldSize` gives the length. */
export function chunkStart(rank: number, worldSize: number, length: number): number {
  return Math.floor((length * rank) / worldSize);
}

/** A rank's chunk, a view. */
export function chunkOf(values: Float32Array, rank: number, worldSize: number): Float32Array {
  return values.subarray(chunkStart(rank, worldSize, values.length), chunkStart(rank + 1, worldSize, values.length));
}
