// The binary floating-point formats that lanes compute in, described by their two widths: how a number is rounded to one, what its bits are, and how
// far apart its neighbours stand. Rounding is to nearest, ties to even, with subnormals and overflow to infinity, as IEEE 754-2019 has it
// (section 4.3.1); bf16 is f32 with 16 fraction bits fewer (Kalamkar et al., "A study of BFLOAT16 for deep learning training", 2019).

/** A sign bit, then these. */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

export const floatFormats = {
  fp32: { exponentBits: 8, fractionBits: 23 },
  fp16: { exponentBits: 5, fractionBits: 10 },
  bf16: { exponentBits: 8, fractionBits: 7 },
} as const satisfies Readonly<Record<string, FloatFormat>>;

export type FloatFormatName = keyof typeof floatFormats;

/** What a stored number is. */
export type FloatKind = 'zero' | 'subnormal' | 'normal' | 'infinite' | 'nan';

/** A number as a format stores it. */
export interface StoredFloat {
  /** What is stored, exactly. */
  readonly value: number;
  readonly kind: FloatKind;
  /** `0` or `1`, then the fields from the highest bit down. */
  readonly sign: string;
  readonly exponent: string;
  readonly fraction: string;
  /** From its magnitude to the next larger one; NaN where that is none or infinite. */
  readonly spacing: number;
}

/** The largest exponent of a finite number, and one less than the negative of the smallest normal one's. */
function biasOf({ exponentBits }: FloatFormat): number {
  return 2 ** (exponentBits - 1) - 1;
}

/** The largest finite number. */
export function largestOf(format: FloatFormat): number {
  return (2 - 2 ** -format.fractionBits) * 2 ** biasOf(format);
}

/** The smallest normal number above zero. */
export function smallestNormalOf(format: FloatFormat): number {
  return 2 ** (1 - biasOf(format));
}

/** The smallest number above zero: the step between subnormals. */
export function smallestOf(format: FloatFormat): number {
  return smallestNormalOf(format) * 2 ** -format.fractionBits;
}

/** The number of a format nearest to `value`. Exact for formats with no more than 32 bits. */
export function roundToFormat(value: number, format: FloatFormat): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  if (Math.abs(value) >= 2 ** (biasOf(format) + 1)) return Math.sign(value) * Infinity;
  const step = stepAt(value, format);
  const magnitude = roundHalfEven(Math.abs(value) / step) * step; // a power of two: both are exact
  return Math.sign(value) * (magnitude > largestOf(format) ? Infinity : magnitude); // what rounds to zero keeps its sign
}

/** How a format stores `value`, rounded to it first. */
export function storeAs(value: number, format: FloatFormat): StoredFloat {
  const { exponentBits, fractionBits } = format;
  const stored = roundToFormat(value, format);
  const sign = stored < 0 || Object.is(stored, -0) ? '1' : '0';
  const [exponent, fraction] = fieldsOf(Math.abs(stored), format);
  return {
    value: stored,
    kind: kindOf(stored, format),
    sign,
    exponent: exponent.toString(2).padStart(exponentBits, '0'),
    fraction: fraction.toString(2).padStart(fractionBits, '0'),
    spacing: Math.abs(stored) < largestOf(format) ? stepAt(stored, format) : NaN,
  };
}

function kindOf(stored: number, format: FloatFormat): FloatKind {
  if (Number.isNaN(stored)) return 'nan';
  if (stored === 0) return 'zero';
  if (!Number.isFinite(stored)) return 'infinite';
  return Math.abs(stored) < smallestNormalOf(format) ? 'subnormal' : 'normal';
}

/** The two fields of a magnitude that the format holds. A NaN is the quiet one. */
function fieldsOf(magnitude: number, format: FloatFormat): readonly [exponent: number, fraction: number] {
  const { exponentBits, fractionBits } = format;
  const highest = 2 ** exponentBits - 1;
  if (Number.isNaN(magnitude)) return [highest, 2 ** (fractionBits - 1)];
  if (magnitude === Infinity) return [highest, 0];
  if (magnitude < smallestNormalOf(format)) return [0, magnitude / smallestOf(format)];
  const exponent = exponentOf(magnitude);
  return [exponent + biasOf(format), (magnitude / 2 ** exponent - 1) * 2 ** fractionBits];
}

/** The distance between neighbours in the binade of `value`, subnormals' below the smallest normal one. */
function stepAt(value: number, format: FloatFormat): number {
  const exponent = Math.max(exponentOf(Math.abs(value)), 1 - biasOf(format));
  return 2 ** (exponent - format.fractionBits);
}

const scratch = new DataView(new ArrayBuffer(8));

/** ⌊log₂ magnitude⌋ from the bits; less than any format's for what f64 itself holds as subnormal. */
function exponentOf(magnitude: number): number {
  scratch.setFloat64(0, magnitude);
  return (scratch.getUint16(0) >> 4) - 1023;
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
