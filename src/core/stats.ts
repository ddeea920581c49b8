// Summaries of measurements. Quantiles interpolate linearly between order statistics (type 7 of Hyndman and Fan, "Sample quantiles in
// statistical packages", 1996), which is what NumPy and R do by default, so that numbers on the page agree with theirs.

/** The arithmetic mean; NaN of no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] ?? Number.NaN;
  return sum / values.length;
}

/** The `fraction` quantile, `fraction` in [0, 1]; NaN of no values. Throws RangeError outside that range. */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`quantile: expected a fraction from 0 to 1, got ${fraction}.`);
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const position = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  // Where both are the same (also both infinite) there is nothing between them: ∞ − ∞ would be NaN.
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two in the middle; NaN of no values. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
