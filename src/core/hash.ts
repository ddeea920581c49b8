// A fingerprint of weights, for "are these replicas bit-identical" and "did the same seed give the same weights". FNV-1a, 32 bits
// (Fowler, Noll and Vo, draft-eastlake-fnv), over 32-bit words instead of bytes: four times fewer multiplications. Plain FNV over words
// would have a hole: an odd factor modulo 2³² never carries bit 31 downwards, so flipping the signs of any two weights would cancel
// out. Each word is therefore folded first, `w ^ (w >>> 16)`, a bijection that brings sign and exponent down into the low half.
// Words below 2¹⁶ are unchanged by it, so the published byte vectors still apply. It is a checksum, not protection against forgery.

/** FNV's offset basis: the hash of nothing. */
export const emptyHash = 0x811c9dc5;

const fnvPrime = 0x01000193;

/** Folds one array's bit patterns into a hash, in order; −0 and 0 differ, and so do NaNs of different bits. */
export function hashFloats(values: Float32Array, hash: number = emptyHash): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let current = hash | 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? 0;
    current = Math.imul(current ^ word ^ (word >>> 16), fnvPrime);
  }
  return current >>> 0;
}

/** The hash of several arrays as if they were one, 8 lower-case hex digits. */
export function hashHex(arrays: Iterable<Float32Array>): string {
  let hash = emptyHash;
  for (const values of arrays) hash = hashFloats(values, hash);
  return hash.toString(16).padStart(8, '0');
}
