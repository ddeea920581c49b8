// How far two lanes' weights ended from each other.

/**
 * The largest ‖a − b‖₂ / ‖b‖₂ over corresponding tensors, in float64; 0 for equal weights.
 * Null where the two models have different tensors, or none. A tensor whose baseline is all zeros counts as ‖a − b‖₂.
 */
export function largestRelativeDistance(weights: readonly Float32Array[], baseline: readonly Float32Array[]): number | null {
  if (weights.length === 0 || weights.length !== baseline.length) return null;
  let largest = 0;
  for (const [index, tensor] of weights.entries()) {
    const reference = baseline[index];
    if (reference === undefined || reference.length !== tensor.length) return null;
    let difference = 0;
    let norm = 0;
    for (const [at, expected] of reference.entries()) {
      difference += ((tensor[at] ?? 0) - expected) ** 2;
      norm += expected ** 2;
    }
    largest = Math.max(largest, Math.sqrt(difference) / (norm === 0 ? 1 : Math.sqrt(norm)));
  }
  return largest;
}
