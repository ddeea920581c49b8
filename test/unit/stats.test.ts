import { describe, expect, it } from 'vitest';
import { mean, median, quantile } from '../../src/core/stats.ts';

describe('stats', () => {
  it('the median is the middle value, or the mean of the two in the middle, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9, 100])).toBe(10); // as numbers, not as text
    expect(median([5])).toBe(5);
  });

  it('quantiles interpolate linearly, as numpy.quantile does by default', () => {
    // Type 7 by hand: position 0.25·(4 − 1) = 0.75 lies three quarters of the way from 1 to 2.
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
    expect(quantile([7, 3, 5], 0)).toBe(3);
    expect(quantile([7, 3, 5], 1)).toBe(7);
  });

  it('leaves its input as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('an infinite value does not make a finite median or an infinite maximum NaN', () => {
    expect(median([1, 2, Infinity])).toBe(2);
    expect(median([1, Infinity, Infinity])).toBe(Infinity);
    expect(quantile([1, Infinity], 1)).toBe(Infinity);
  });

  it('nothing has no mean and no median', () => {
    expect(mean([])).toBeNaN();
    expect(median([])).toBeNaN();
  });

  it('the mean takes typed arrays', () => {
    expect(mean(Float32Array.of(1, 2, 6))).toBe(3);
  });

  it('refuses a fraction outside [0, 1]', () => {
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});
