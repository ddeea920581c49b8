// IEEE 754 binary16 ("half", f16): encode, decode and rounding on the CPU. f16-resident tensors are read back through `decodeFloat16`,
// and the tests use `roundToFloat16` as the oracle for what the GPU stores. Rounding is to nearest, ties to even, as hardware and
// numpy do it. Layout: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits; exponent 0 holds subnormals (multiples of 2⁻²⁴),
// exponent 31 infinities and NaNs. Source: IEEE 754-2019, section 3.4.

/** The largest finite f16. */
export const largestFloat16 = 65504;

/** The values of f16 bit patterns, exactly: every f16 is also an f32. A new array of the same length. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) values[index] = decodeOne(bits[index] ?? 0);
  return values;
}

/** The nearest f16 bit pattern of every value; beyond 65,504 by half a step or more gives ±Inf, NaN stays NaN (quiet, sign kept). */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let index = 0; index < words.length; index++) bits[index] = encodeOne(words[index] ?? 0);
  return bits;
}

/** The f16 nearest to a number, as a number. The number is rounded to f32 first, as a GPU would hold it. */
export function roundToFloat16(value: number): number {
  scratchFloat[0] = value;
  return decodeOne(encodeOne(scratchWord[0] ?? 0));
}

/** Rounds every value to the nearest f16, in place: what `decodeFloat16(encodeFloat16(values))` gives, without the detour. */
export function roundInPlaceToFloat16(values: Float32Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < words.length; index++) words[index] = roundWord(words[index] ?? 0);
}

const scratchFloat = new Float32Array(1);
const scratchWord = new Uint32Array(scratchFloat.buffer);

function decodeOne(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** From f32 bits to f16 bits, in integers, so that no intermediate rounding happens. */
function encodeOne(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // >= 65536, and Inf
  if (magnitude < 0x33000000) return sign; // below half of the smallest subnormal, 2^-25
  if (magnitude < 0x38800000) {
    // A subnormal, below 2^-14: the significand with its hidden bit, shifted down to units of 2^-24.
    const exponent = magnitude >>> 23;
    const significand = (magnitude & 0x7fffff) | 0x800000;
    return sign | roundShift(significand, 126 - exponent);
  }
  // A carry out of the fraction runs into the exponent, which is right: 65,520 becomes Inf that way.
  return sign | roundShift(magnitude - 0x38000000, 13);
}

/** `value / 2^shift`, to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The f32 bits of the nearest f16, from f32 bits. Same branches as `encodeOne`; a subnormal f16 is a normal f32 with fewer bits. */
function roundWord(word: number): number {
  const sign = word & 0x80000000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7fc00000; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7f800000; // >= 65,520, and Inf
  if (magnitude <= 0x33000000) return sign; // up to half of the smallest subnormal, 2^-25
  if (magnitude < 0x33800000) return sign | 0x33800000; // below 2^-24, and nearer to it than to 0
  const exponent = magnitude >>> 23;
  const dropped = exponent < 113 ? 126 - exponent : 13; // bits beyond units of 2^-24, or beyond ten fraction bits
  const lastKept = (((magnitude & 0x7fffff) | 0x800000) >>> dropped) & 1;
  const half = 1 << (dropped - 1);
  return sign | ((magnitude + half - 1 + lastKept) & -(1 << dropped));
}
