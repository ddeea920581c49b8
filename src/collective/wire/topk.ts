// A share of the values, the largest by magnitude, as pairs of index and value (Aji and Heafield, 2017); what was not sent is kept and
// added to the next step's values, so that every value gets its turn. The sum on its way back is sent as pairs too, without loss, or as it
// is where pairs would be longer.

import type { Codec, Wire } from './wire.ts';

/** Sends at least one value of every chunk that has any. */
export function topKWire(share: number): Wire {
  const contribution: Codec = {
    wordCount: (values) => 2 * keptCount(values.length, share),
    encode(values, words) {
      const indices = largestIndices(values, keptCount(values.length, share));
      writePairs(values, indices, words);
    },
    decode: readPairs,
  };
  return { contribution, sum: sparse, hasFeedback: true };
}

/** Every value that is not zero; all of them where that takes fewer words. */
const sparse: Codec = {
  wordCount: (values) => Math.min(values.length, 2 * nonZeroCount(values)),
  encode(values, words) {
    if (words.length === values.length) {
      words.set(values);
      return;
    }
    const indices = new Uint32Array(nonZeroCount(values));
    let count = 0;
    for (let index = 0; index < values.length; index++) if (values[index] !== 0) indices[count++] = index;
    writePairs(values, indices, words);
  },
  decode(words, out) {
    if (words.length === out.length) out.set(words);
    else readPairs(words, out);
  },
};

function keptCount(length: number, share: number): number {
  return Math.ceil(length * share);
}

function nonZeroCount(values: Float32Array): number {
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  return count;
}

/** Indices of the `count` largest magnitudes, ascending; among equals the first. A value that is not finite counts as the largest. */
function largestIndices(values: Float32Array, count: number): Uint32Array {
  const magnitudes = values.map((value) => (Number.isFinite(value) ? Math.abs(value) : Infinity));
  const threshold = magnitudes.toSorted()[values.length - count] ?? 0;
  let equalsLeft = count;
  for (const magnitude of magnitudes) if (magnitude > threshold) equalsLeft--;
  const indices = new Uint32Array(count);
  let found = 0;
  for (let index = 0; index < magnitudes.length; index++) {
    const magnitude = magnitudes[index] ?? 0;
    if (magnitude > threshold || (magnitude === threshold && equalsLeft-- > 0)) indices[found++] = index;
  }
  return indices;
}

function writePairs(values: Float32Array, indices: Uint32Array, words: Float32Array): void {
  const places = new Uint32Array(words.buffer, words.byteOffset, indices.length);
  places.set(indices);
  for (let pair = 0; pair < indices.length; pair++) words[indices.length + pair] = values[indices[pair] ?? 0] ?? 0;
}

function readPairs(words: Float32Array, out: Float32Array): void {
  const count = words.length / 2;
  const places = new Uint32Array(words.buffer, words.byteOffset, count);
  out.fill(0);
  for (let pair = 0; pair < count; pair++) out[places[pair] ?? 0] = words[count + pair] ?? 0;
}
