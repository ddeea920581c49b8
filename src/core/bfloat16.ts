// bfloat16: the upper half of an f32. Rounding is to nearest, ties to even, in integers; what is beyond the largest becomes an infinity by itself, because
// a carry runs into the exponent. Source: Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019.

/** Rounds every value to the nearest bf16, in place; NaN stays NaN. */
export function roundInPlaceToBfloat16(values: Float32Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < words.length; index++) words[index] = roundWord(words[index] ?? 0);
}

function roundWord(word: number): number {
  if ((word & 0x7fffffff) > 0x7f800000) return (word | 0x400000) & 0xffff0000;
  return (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
}
