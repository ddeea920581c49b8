// Do two samples have the same mean? Welch's t-test (B. L. Welch, Biometrika 34, 1947), which does not ask for equal variances, with
// Satterthwaite's degrees of freedom. The tail of Student's t is a regularised incomplete beta function (Abramowitz and Stegun, 26.7.1), whose
// continued fraction (26.5.8) is evaluated by Lentz's method as in Numerical Recipes, 6.4; test/unit/welch.test.ts holds it to SciPy's numbers.

import { mean } from './stats.ts';

const mostTerms = 300;
const precision = 1e-15;
/** Stands in for a denominator that vanishes, as Lentz's method asks. */
const tiny = 1e-300;

/**
 * The two-sided p-value of equal means: the probability of a difference at least as large where there is none. Null where either sample has
 * fewer than two values, or neither varies, in which case there is no chance to compare with.
 */
export function welchP(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2 || b.length < 2) return null;
  const shareA = variance(a) / a.length;
  const shareB = variance(b) / b.length;
  const squaredError = shareA + shareB;
  if (squaredError === 0) return null;
  const t = (mean(a) - mean(b)) / Math.sqrt(squaredError);
  const degrees = squaredError ** 2 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1));
  return studentTail(t, degrees);
}

/** The probability that Student's t with so many degrees of freedom is at least as far from 0 as `t`. */
export function studentTail(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** Iₓ(a, b) for 0 <= x <= 1. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  // The fraction converges quickly on this side of the mean only.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logFront) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(logFront) * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < precision) break;
  }
  return fraction;
}

/** Lanczos's approximation with g = 7 and nine terms, good to 15 digits for the positive numbers asked for here. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(value: number): number {
  const z = value - 1;
  const sum = lanczos.reduce((total, coefficient, index) => total + (index === 0 ? coefficient : coefficient / (z + index)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
