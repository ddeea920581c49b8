// A captured lane is the eager lane, bit for bit: every loss, every evaluation in between, every weight of every rank, for every optimizer
// with every kind of model, through the product's own lanes and ranks, on both adapters. The slices of it in `npm test` are
// test/browser/engine/captured-*.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PageDriver } from '../../src/cli/browsers/page-driver.ts';
import { chromiumPlaces, openCheckPage } from '../support/check-page.ts';
import type { LaneQuestion } from './page/lanes.ts';
import { models, optimizers } from './page/models.ts';

const stepCount = 25;
const none = { losses: 0, evaluations: 0, weights: 0, skippedSteps: 0 };

const questions: readonly LaneQuestion[] = Object.keys(models).flatMap((model) => [
  ...Object.keys(optimizers).flatMap((optimizer) => ['1xfp32', '1xfp16'].map((lane) => ({ model, optimizer, lane }))),
  ...['sgd', 'adam'].flatMap((optimizer) => ['4xfp32', '2xfp16'].map((lane) => ({ model, optimizer, lane }))),
]);
const cases = questions.map((question) => [`${question.lane} of ${question.model} with ${question.optimizer}`, question] as const);

describe.each(chromiumPlaces)('in $name', (place) => {
  let page: PageDriver;
  let close: () => Promise<void>;
  const lossesOf = new Map<string, readonly (number | null)[]>();
  const compare = (question: LaneQuestion) =>
    page.evaluate((asked) => {
      if (window.engineChecks === undefined) throw new Error('the page has no engineChecks');
      return window.engineChecks.compareLaneWithEager(asked);
    }, question);

  beforeAll(async () => {
    ({ page, close } = await openCheckPage(place));
  });
  afterAll(() => close());

  test.each(cases)('%s', async (title, question) => {
    const { execution, otherExecution, losses, counts, differing } = await compare(question);
    expect([execution, otherExecution]).toEqual(['captured', 'eager (the lane asks for it)']);
    expect(differing).toEqual(none);
    expect(losses).toHaveLength(stepCount);
    expect(losses.every((loss) => loss !== null && Number.isFinite(loss))).toBe(true);
    expect(new Set(losses).size).toBeGreaterThan(stepCount / 2); // it trains
    expect(counts.evaluations).toBeGreaterThanOrEqual(5);
    expect(counts.weights).toBeGreaterThan(0);
    lossesOf.set(title, losses);
  });

  test.each(Object.keys(models))('1xfp16 of %s is not 1xfp32: something was in 16 bits', (model) => {
    const half = lossesOf.get(`1xfp16 of ${model} with adam`);
    expect(half).toHaveLength(stepCount);
    expect(half).not.toEqual(lossesOf.get(`1xfp32 of ${model} with adam`));
  });

  test('another seed differs in every loss and most weights: the comparison can see it', async () => {
    const { differing, counts } = await compare({ model: 'MLP', optimizer: 'adam', lane: '1xfp32', isControl: true });
    expect(differing.losses).toBeGreaterThanOrEqual(stepCount);
    expect(differing.weights).toBeGreaterThan(counts.weights / 2);
  });
});
