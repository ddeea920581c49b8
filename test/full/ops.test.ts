// Every op and every kind of layer in every browser with WebGPU, beside tfjs's CPU backend: forward and gradient of the op cases in f32 and
// in 16 bits, and stock tf.layers trained by stock tf.train. The slices of it in `npm test` are test/browser/engine/ops-*.test.ts, which
// is all op cases in Chromium, and the self-test that every page runs.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PageDriver } from '../../src/cli/browsers/page-driver.ts';
import { allOpCases } from '../browser/engine/op-cases/all-cases.ts';
import { opModes } from '../browser/engine/op-cases/op-comparison.ts';
import { allPlaces, openCheckPage } from '../support/check-page.ts';
import { layerCases } from './page/layer-nets.ts';
import type { SweptOp } from './page/op-sweep.ts';

describe.each(allPlaces)('in $name', (place) => {
  let page: PageDriver;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ page, close } = await openCheckPage(place));
  });
  afterAll(() => close());

  describe.each(opModes(place.hasShaderF16))('$title', ({ title: mode, tolerance }) => {
    let swept: readonly SweptOp[];
    beforeAll(async () => {
      swept = await page.evaluate((title) => window.engineChecks?.sweepOps(title) ?? [], mode);
    }, 600_000);

    test.each(allOpCases.map(({ title }) => title))('%s agrees with the CPU backend', (title) => {
      const found = swept.find((one) => one.title === title);
      expect(found).toMatchObject({ hasSameShape: true, thrown: null });
      expect(found?.worstError ?? Number.NaN).toBeLessThan(tolerance);
      expect(found?.stayedF32).toEqual(found?.expectedF32);
    });
  });

  // After the sweeps, whose devices are gone: this one is the page's own.
  test.each(layerCases)('%s with %s trains as on the CPU backend', async (net, optimizer) => {
    const { firstLoss, lastLoss, lossDifference, weightDifference, leakedTensorCount } = await page.evaluate(
      async (names) => {
        if (window.engineChecks === undefined) throw new Error('the page has no engineChecks');
        return window.engineChecks.compareLayerCase(names);
      },
      [net, optimizer] as const,
    );
    // Eight steps of f32 sums in another order; what the prototypes allowed. The loss itself moves by a hundred times as much.
    expect(lossDifference ?? Number.NaN).toBeLessThan(1e-3);
    expect(weightDifference ?? Number.NaN).toBeLessThan(1e-2);
    expect(lastLoss).not.toBe(firstLoss);
    expect(leakedTensorCount).toBe(0);
  });
});
