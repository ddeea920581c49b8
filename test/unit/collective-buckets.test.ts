// Plan: DDP's rule (reducer.cpp, compute_bucket_assignment_by_size) on small cases by hand; every tensor in just one bucket, in reverse.

import { expect, test } from 'vitest';
import { planBuckets } from '../../src/collective/buckets.ts';
import { createPrng } from '../../src/core/prng.ts';

test('tensors are put into buckets from the last to the first, and the first bucket is a quarter as large', () => {
  // 100 values are 400 bytes; buckets of 800 bytes, the first of 200.
  expect(planBuckets([100, 100, 100, 100, 50], 800)).toEqual([[4], [3, 2], [1, 0]]);
});

test('a tensor that is larger than a bucket has one of its own', () => {
  expect(planBuckets([10, 5000, 10], 400)).toEqual([[2, 1], [0]]);
  expect(planBuckets([5000], 400)).toEqual([[0]]);
});

test('at torch’s size of 25 MB a small model is one bucket, and a first bucket is closed at 1 MB', () => {
  expect(planBuckets([9000, 500, 10], 25 * 2 ** 20)).toEqual([[2, 1, 0]]);
  expect(planBuckets([10_000_000, 300_000, 10], 25 * 2 ** 20)).toEqual([[2, 1], [0]]);
});

test('no tensors are no buckets', () => {
  expect(planBuckets([], 400)).toEqual([]);
});

test('every tensor is in just one bucket, whatever the sizes', () => {
  const prng = createPrng(3);
  for (let trial = 0; trial < 200; trial++) {
    const sizes = Array.from({ length: Math.floor(prng.next() * 20) }, () => Math.floor(prng.next() * 1000));
    const buckets = planBuckets(sizes, 4 + Math.floor(prng.next() * 4000));
    expect(buckets.flat()).toEqual(sizes.map((_, index) => sizes.length - 1 - index));
    expect(buckets.every((bucket) => bucket.length > 0)).toBe(true);
  }
});
