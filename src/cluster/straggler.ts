// How long the slowest of N ranks takes. Each rank's computing time is the micro-batch's times a lognormal factor of mean 1, drawn anew every
// step: exp(σ·z − σ²/2), z normal. Everybody waits for the slowest, so the step takes E[max over N], which for N independent draws is
// ∫ exp(σ·z − σ²/2) d(Φ(z)^N): a sum over cells of Φ(z)^N, which add up to 1 exactly (David and Nagaraja, "Order Statistics", 2003, 2.1).

const cellsPerUnit = 64;
const fromZ = -9;
const toZ = 11;
/** Less than this much of a chance, e⁻⁴⁰, is none. */
const negligibleExponent = -40;

/** ln Φ at the edges of the cells, by Simpson's rule in each: its exponential times N is Φ^N, which costs less than a power. */
const logCdf: Float64Array = integrateNormal().map(Math.log);

/** Expected computing time of the slowest of `worldSize` ranks, in micro-batch times: 1 for one rank or for `sigma` 0. `sigma` is at most 1. */
export function expectedSlowest(worldSize: number, sigma: number): number {
  if (worldSize === 1 || sigma === 0) return 1;
  let sum = 0;
  let below = 0;
  for (let cell = 0; cell < logCdf.length - 1; cell++) {
    const exponent = worldSize * (logCdf[cell + 1] ?? 0);
    if (exponent < negligibleExponent) continue;
    const upTo = Math.exp(exponent);
    const z = fromZ + (cell + 0.5) / cellsPerUnit;
    sum += Math.exp(sigma * z - (sigma * sigma) / 2) * (upTo - below);
    below = upTo;
  }
  return sum;
}

function integrateNormal(): Float64Array {
  const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const width = 1 / cellsPerUnit;
  const cdf = new Float64Array((toZ - fromZ) * cellsPerUnit + 1);
  for (let cell = 0; cell < cdf.length - 1; cell++) {
    const z = fromZ + cell * width;
    cdf[cell + 1] = Math.min(1, (cdf[cell] ?? 0) + (width / 6) * (density(z) + 4 * density(z + width / 2) + density(z + width)));
  }
  return cdf;
}
