// Plan: p-values against SciPy 1.17.1's (stats.ttest_ind with equal_var=False, stats.t.sf, stats.chi2_contingency), tails of Student's t against
// their closed forms for 1 and 2 degrees of freedom, and the samples for which there is no test.

import { describe, expect, test } from 'vitest';

import { chanceMargin } from '../../src/core/chance-margin.ts';
import { studentTail, welchP } from '../../src/core/welch.ts';

/** Both are good to about 14 digits; far out in the tail, where the number itself is tiny, the relative error is what counts. */
const relativeError = 1e-10;
const errorOf = (value: number | null, expected: number): number => Math.abs((value ?? Number.NaN) / expected - 1);

describe('Welch’s t-test', () => {
  test.each([
    [[0.951, 0.953, 0.949, 0.955, 0.952], [0.944, 0.947, 0.941, 0.949, 0.943], 0.004194015334164415],
    [[1, 2, 3, 4, 5], [2, 3, 4, 5, 6], 0.34659350708733416],
    [[0.1, 0.2, 0.15, 0.22, 0.18, 0.19, 0.2], [0.21, 0.35, 0.11, 0.5, 0.28], 0.16306544217802632],
    [[10, 10.1, 9.9, 10.05, 9.95], [100, 120, 80, 110, 90, 95, 105], 1.8897130947120876e-6],
    [[3, 4], [5, 9], 0.3178389414352158],
  ])('of %j and %j gives what SciPy gives', (a, b, expected) => {
    expect(errorOf(welchP(a, b), expected)).toBeLessThan(relativeError);
    expect(errorOf(welchP(b, a), expected)).toBeLessThan(relativeError);
  });

  test('has no answer for one value, or where nothing varies', () => {
    expect(welchP([1], [1, 2, 3])).toBeNull();
    expect(welchP([1, 1], [2, 2])).toBeNull();
  });
});

describe('the tail of Student’s t', () => {
  test.each([
    [2.5, 3.7, 0.07182202291182678],
    [0.1, 8, 0.922804909430597],
    [12, 4.2, 0.00020842666068435347],
    [2.306, 8, 0.050000322761284174],
    [40, 30, 1.3726045194406417e-27],
  ])('at %f with %f degrees of freedom is SciPy’s', (t, degrees, expected) => {
    expect(errorOf(studentTail(t, degrees), expected)).toBeLessThan(relativeError);
  });

  test.each([0, 0.3, 1, 7, 100])('at %f has the closed forms of Cauchy and of two degrees', (t) => {
    expect(errorOf(studentTail(t, 1), 1 - (2 / Math.PI) * Math.atan(t))).toBeLessThan(relativeError);
    expect(errorOf(studentTail(t, 2), 1 - t / Math.sqrt(2 + t * t))).toBeLessThan(relativeError);
  });
});

describe('the chance of a test set', () => {
  // Counts of right answers, and SciPy's p: chi2_contingency([[a, n − a], [b, n − b]], correction=True).
  test.each([
    { right: [950, 930], count: 1000, p: 0.0736 },
    { right: [1910, 1906], count: 2000, p: 0.8209 },
    { right: [29, 27], count: 30, p: 0.6048 },
    { right: [912, 951], count: 1000, p: 0.000769 },
  ])('tells $right of $count apart exactly where p = $p is below 5 %', ({ right: [a = 0, b = 0], count, p }) => {
    expect(Math.abs(a - b) / count >= chanceMargin(a / count, b / count, count)).toBe(p < 0.05);
  });
});
