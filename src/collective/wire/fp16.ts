// Half the bytes: values rounded to float16, ties to even, above 65,504 to Inf; torch's `fp16_compress_hook`. Nothing is kept of what was
// lost: a value too small for float16 is gone, which is what a loss scale is for.

import { decodeFloat16, encodeFloat16 } from '../../core/float16.ts';
import type { Codec, Wire } from './wire.ts';

const codec: Codec = {
  wordCount: (values) => Math.ceil(values.length / 2),
  encode(values, words) {
    halves(words, values.length).set(encodeFloat16(values));
  },
  decode(words, out) {
    out.set(decodeFloat16(halves(words, out.length)));
  },
};

export const fp16Wire: Wire = { contribution: codec, sum: codec, hasFeedback: false };

function halves(words: Float32Array, length: number): Uint16Array {
  return new Uint16Array(words.buffer, words.byteOffset, length);
}
