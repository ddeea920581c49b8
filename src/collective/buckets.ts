// How gradients are grouped for the exchange, DDP's way (torch/csrc/distributed/c10d/reducer.cpp, compute_bucket_assignment_by_size): in
// the reverse of the model's order, because the backward pass finishes the last layer's gradients first; up to so many bytes a bucket;
// and a small first bucket, so that the first exchange can start early.

/** torch's `kDefaultFirstBucketBytes`. */
const largestFirstBucketBytes = 1024 * 1024;
const bytesPerValue = 4;

/**
 * Which tensors share a bucket: indices into `sizes` (values per tensor), the last tensor first. A bucket is closed once it holds
 * `bucketBytes`, as in DDP, so that it may exceed that by one tensor; the first is closed at 1 MiB or a quarter of `bucketBytes`.
 */
export function planBuckets(sizes: readonly number[], bucketBytes: number): readonly (readonly number[])[] {
  const buckets: number[][] = [];
  let open: number[] = [];
  let openBytes = 0;
  for (let index = sizes.length - 1; index >= 0; index--) {
    open.push(index);
    openBytes += (sizes[index] ?? 0) * bytesPerValue;
    const limit = buckets.length === 0 ? Math.min(largestFirstBucketBytes, bucketBytes / 4) : bucketBytes;
    if (openBytes < limit) continue;
    buckets.push(open);
    open = [];
    openBytes = 0;
  }
  if (open.length > 0) buckets.push(open);
  return buckets;
}
