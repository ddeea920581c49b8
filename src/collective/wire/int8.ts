// A quarter of the bytes: blocks of 256 values, each with its largest magnitude as a float, and per value a whole number from −127 to 127
// of that magnitude (block-wise absmax quantisation, as in Dettmers et al., 2022), rounded half to even. The error of a value is at most
// 1/254 of the block's largest; it is kept and added to the next step's value.

import type { Codec, Wire } from './wire.ts';

const blockLength = 256;
const steps = 127;

const codec: Codec = {
  wordCount: (values) => blockCount(values.length) + Math.ceil(values.length / 4),
  encode(values, words) {
    const { scales, levels } = parts(words, values.length);
    for (let block = 0; block < scales.length; block++) {
      const from = block * blockLength;
      const part = values.subarray(from, from + blockLength);
      const largest = largestMagnitude(part);
      scales[block] = largest;
      for (let index = 0; index < part.length; index++) {
        levels[from + index] = largest > 0 ? roundHalfToEven(((part[index] ?? 0) / largest) * steps) : 0;
      }
    }
  },
  decode(words, out) {
    const { scales, levels } = parts(words, out.length);
    for (let index = 0; index < out.length; index++) {
      out[index] = ((levels[index] ?? 0) * (scales[Math.floor(index / blockLength)] ?? 0)) / steps;
    }
  },
};

export const int8Wire: Wire = { contribution: codec, sum: codec, hasFeedback: true };

function blockCount(length: number): number {
  return Math.ceil(length / blockLength);
}

function parts(words: Float32Array, length: number): { readonly scales: Float32Array; readonly levels: Int8Array } {
  const scales = words.subarray(0, blockCount(length));
  return { scales, levels: new Int8Array(words.buffer, words.byteOffset + scales.byteLength, length) };
}

/** NaN where any value is not finite: the whole block is then NaN for the receiver too, so that a step with an overflow is seen everywhere. */
function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) return Number.NaN;
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
