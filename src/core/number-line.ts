// Where the numbers of a tensor lie on f16's number line: how many it would store as zero although they are not, as subnormal, as normal, as
// infinity; and how many lie in each power of two. What is counted is the number as it is, in f32, before f16 would round it.
//
// The rule is stated on the bits, with f16's rounding (IEEE 754-2019, section 3.4; to nearest, ties to even) built in: 2⁻²⁵, half of the
// smallest subnormal, still rounds to zero; 65,520, half a step above the largest, already to infinity; and (1 − 2⁻¹¹)·2⁻¹⁴ to a normal
// number. engine/number-line/ counts by the same rule on the GPU.

/** Numbers by what f16 makes of them. Together they are all numbers of the tensor. */
export const lineClasses = ['zero', 'lost', 'subnormal', 'normal', 'overflow', 'nan'] as const;
/** `lost`: not zero, but f16 would store zero. `overflow`: f16 would store an infinity, or it is one. */
export type LineClass = (typeof lineClasses)[number];

/** The powers of two that have a bin of their own; smaller and larger ones are in the first and the last. */
export const smallestBinExponent = -44;
export const binCount = 64;

/** Bits of f32 magnitudes: the largest that is lost, and the smallest of the next classes. */
export const largestLostBits = 0x33000000; // 2^-25
export const smallestNormalBits = 0x387fe000; // (1 - 2^-11) * 2^-14
export const smallestOverflowBits = 0x477ff000; // 65,520
export const infinityBits = 0x7f800000;

/** The numbers of one tensor. */
export interface LineCounts {
  readonly classes: Readonly<Record<LineClass, number>>;
  /** By ⌊log₂ |x|⌋ from `smallestBinExponent` on, of what is neither zero nor infinite nor NaN. */
  readonly bins: readonly number[];
}

/** Words of counts: the classes in their order, then the bins. */
export const lineWordCount = lineClasses.length + binCount;

/** The words of one tensor's counts, named. */
export function readLineWords(words: ArrayLike<number>): LineCounts {
  const classes = Object.fromEntries(lineClasses.map((name, index) => [name, words[index] ?? 0])) as Record<LineClass, number>; // every name
  return { classes, bins: Array.from({ length: binCount }, (_, bin) => words[lineClasses.length + bin] ?? 0) };
}

/** Counts values, each times a factor and rounded to f32 as a GPU would have it. */
export function countOnLine(values: Float32Array, factor = 1): LineCounts {
  const words = new Uint32Array(lineWordCount);
  const scratch = new Float32Array(1);
  const scratchWord = new Uint32Array(scratch.buffer);
  for (const value of values) {
    scratch[0] = value * factor;
    const product = (scratchWord[0] ?? 0) & 0x7fffffff;
    const magnitude = value !== 0 && product === 0 ? 1 : product; // too small for f32 is not zero
    const place = lineClasses.indexOf(classOf(magnitude));
    words[place] = (words[place] ?? 0) + 1;
    if (magnitude === 0 || magnitude >= infinityBits) continue;
    const bin = lineClasses.length + Math.max(0, Math.min(binCount - 1, (magnitude >>> 23) - 127 - smallestBinExponent));
    words[bin] = (words[bin] ?? 0) + 1;
  }
  return readLineWords(words);
}

function classOf(magnitude: number): LineClass {
  if (magnitude === 0) return 'zero';
  if (magnitude > infinityBits) return 'nan';
  if (magnitude >= smallestOverflowBits) return 'overflow';
  if (magnitude <= largestLostBits) return 'lost';
  return magnitude < smallestNormalBits ? 'subnormal' : 'normal';
}

/** Numbers of the tensor, all classes together. */
export function sizeOfCounts({ classes }: LineCounts): number {
  return lineClasses.reduce((sum, name) => sum + classes[name], 0);
}

/** The part of the numbers that are not zero, and finite, that f16 would store as zero; null where there are none. */
export function lostShare({ classes }: LineCounts): number | null {
  const { lost, subnormal, normal, overflow } = classes;
  const count = lost + subnormal + normal + overflow;
  return count === 0 ? null : lost / count;
}

/** Numbers of the tensor that are infinite or NaN already; the others have bins, or are zero. */
export function infiniteCount(counts: LineCounts): number {
  return sizeOfCounts(counts) - counts.classes.zero - counts.bins.reduce((sum, count) => sum + count, 0);
}
