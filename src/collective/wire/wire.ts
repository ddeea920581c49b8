// What values look like between ranks. A codec turns values into 32-bit words and back; a wire has one for what each rank contributes and
// one for the sum on its way back, and says whether what a codec leaves out is kept and added to the next step's values (error feedback;
// Seide et al., 2014, Karimireddy et al., 2019). The words travel as Float32Arrays, because those are what links carry.

import { fp16Wire } from './fp16.ts';
import { int8Wire } from './int8.ts';
import { topKWire } from './topk.ts';
import { topKShare } from './wire-name.ts';
import type { WireName } from './wire-name.ts';

/** One direction of a wire. */
export interface Codec {
  /** 32-bit words that `encode` will fill for these values. */
  wordCount(values: Float32Array): number;
  encode(values: Float32Array, words: Float32Array): void;
  /** Fills all of `out`, from words that were encoded from as many values. */
  decode(words: Float32Array, out: Float32Array): void;
}

/** A way to send values. */
export interface Wire {
  readonly contribution: Codec;
  readonly sum: Codec;
  /** Whether what was lost is kept for the next step. */
  readonly hasFeedback: boolean;
}

/** The wire of a name; null for `fp32`, which sends values as they are. */
export function wireOf(name: WireName): Wire | null {
  if (name === 'fp32') return null;
  if (name === 'fp16') return fp16Wire;
  if (name === 'int8') return int8Wire;
  return topKWire(topKShare(name) ?? 1);
}
