// What the device can do at most, as far as it can be measured in the same run: bytes copied per second, and the best matrix product that any of the
// libraries has.

import type { CalledSides } from '../measure.ts';

/** Products grow until one takes so long, or is so large. */
const leastProductMs = 5;
const largestProduct = 4096;
const productCount = 10;

/** The most that was measured. */
export interface Ceilings {
  readonly copyBytesPerSecond: number;
  readonly productFlops: number;
  /** Rows of the square matrices, and whose product was the quickest. */
  readonly productSize: number;
  readonly productSide: string;
}

/** Measures both. Throws what a side throws. */
export async function measureCeilings(sides: CalledSides): Promise<Ceilings> {
  const [first] = sides.values();
  if (first === undefined) throw new Error('bench: expected a side, got none.');
  let size = 256;
  while (size < largestProduct && (await first('product', { size, count: 3 })) < leastProductMs) size *= 2;
  let best = { productFlops: 0, productSide: '' };
  for (const [side, call] of sides) {
    const productFlops = (2 * size ** 3 * 1000) / (await call('product', { size, count: productCount }));
    if (productFlops > best.productFlops) best = { productFlops, productSide: side };
  }
  return { ...best, productSize: size, copyBytesPerSecond: await first('copy', null) };
}
