// Memory, over a long time: 2,000 captured steps, where tensors and bytes stay what they were after the first. The slice of it in
// `npm test` is test/browser/engine/capture-hazards.test.ts, with 40.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PageDriver } from '../../src/cli/browsers/page-driver.ts';
import { chromiumPlaces, openCheckPage } from '../support/check-page.ts';

const stepCount = 2000;
/** Steps before which everything has happened once: graphs are recorded, an evaluation was made, the ring was read. */
const settledAfter = 200;
const windowSize = 200;
/** The ring of losses takes one more staging buffer, of 2 KiB, the first time that two of its reads overlap: none of a step's buffers is meant. */
const mostMore = { tensors: 0, liveBytes: 0, heldBytes: 2 * 2048 };

const cases = [
  ['1xfp32', 'CNN with BatchNorm'],
  ['1xfp16', 'CNN with BatchNorm'],
  ['1xfp32', 'transformer'],
  ['4xfp32', 'MLP'],
] as const;

describe.each(chromiumPlaces)('in $name', (place) => {
  let page: PageDriver;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ page, close } = await openCheckPage(place));
  });
  afterAll(() => close());

  test.each(cases)('%s of a %s holds after 2,000 captured steps what it held after 200', async (lane, model) => {
    const { execution, holdings } = await page.evaluate(
      (asked) => {
        if (window.engineChecks === undefined) throw new Error('the page has no engineChecks');
        return window.engineChecks.holdingsOverSteps(asked);
      },
      { model, lane, steps: stepCount },
    );
    expect(execution).toBe('captured');
    expect(holdings).toHaveLength(stepCount);
    for (const what of ['tensors', 'liveBytes', 'heldBytes'] as const) {
      const values = holdings.slice(settledAfter).map((one) => one[what]);
      // The most in every window: other ranks of the page may be in the middle of a step when rank 0 has ended its own.
      const mosts = Array.from({ length: values.length / windowSize }, (_, index) =>
        Math.max(...values.slice(index * windowSize, (index + 1) * windowSize)),
      );
      expect(mosts).toHaveLength(9);
      const [first = Number.NaN] = mosts;
      expect(Math.max(...mosts) - first, `${what}: ${mosts.join(', ')}`).toBeLessThanOrEqual(mostMore[what]);
    }
  });
});
