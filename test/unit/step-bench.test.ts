// What bench/step.ts says of its times: that they are compared only where the same was computed, with whom, and over how much arithmetic.

import { describe, expect, it } from 'vitest';
import { withSection } from '../../bench/results-section.ts';
import { checkAgreement } from '../../bench/training-step/agreement.ts';
import { geometricMean, timesAhead } from '../../bench/training-step/compare.ts';
import { chosenModels, matrixFlop } from '../../bench/training-step/model-names.ts';
import type { SideName } from '../../bench/training-step/sides/side.ts';

const times = (side: SideName, ...stepMs: readonly number[]) => ({ side, execution: 'eager', stepsPerRound: 1, stepMs, cpuMs: [] });

describe('losses of the sides', () => {
  it('that agree give the largest difference between any two', () => {
    const most = checkAgreement('mlp', [
      { side: 'stock', losses: [2.5, 2.25] },
      { side: 'jax-js', losses: [2.5, 2.250244140625] },
      { side: 'lockstep', losses: [2.5, 2.249755859375] },
    ]);
    expect(most).toBe(2 ** -11);
  });

  it('that do not agree fail the benchmark, with the losses', () => {
    const sides = [
      { side: 'stock', losses: [2.5, 2.25] },
      { side: 'lockstep', losses: [2.5, 2.26] },
    ] as const;
    expect(() => checkAgreement('mlp', sides)).toThrow(
      /losses of mlp to agree within 0\.001, got 1\.0e-2[^]*stock: 2\.50000 2\.25000[^]*2\.26000/,
    );
  });

  it('that are not numbers fail it too', () => {
    const sides = [
      { side: 'stock', losses: [2.5] },
      { side: 'lockstep', losses: [Number.NaN] },
    ] as const;
    expect(() => checkAgreement('mlp', sides)).toThrow(/got NaN/);
  });
});

describe('the comparison', () => {
  it('is with the quicker of the two peers, by medians', () => {
    const sides = [times('stock', 40, 60, 50), times('jax-js', 20, 30, 900), times('lockstep', 12, 10, 14)];
    expect(timesAhead({ sides })).toBe(30 / 12);
  });

  it('is summed up by the geometric mean, in which twice and half cancel', () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
  });
});

it('a step multiplies forward, for the gradient of the weights and, but in the first layer, for that of the input', () => {
  // 16-32-32-4 on 64 samples: 2 · 64 · (2 · 16 · 32 + 3 · 32 · 32 + 3 · 32 · 4)
  expect(matrixFlop('tiny')).toBe(573_440);
  // 784-1024-1024-12 on 128 samples
  expect(matrixFlop('wide')).toBe(2 * 128 * (2 * 784 * 1024 + 3 * 1024 * 1024 + 3 * 1024 * 12));
});

describe('a section of RESULTS.md', () => {
  const text = 'before\n<!-- measured: step -->\nold\n<!-- end: step -->\nafter\n';

  it('is replaced, and nothing around it', () => {
    expect(withSection(text, 'step', '| new |\n')).toBe('before\n<!-- measured: step -->\n| new |\n<!-- end: step -->\nafter\n');
  });

  it('is the same after the same is written twice', () => {
    const once = withSection(text, 'step', '| new |');
    expect(withSection(once, 'step', '| new |')).toBe(once);
  });

  it('that is not there is an error that says what to write', () => {
    expect(() => withSection(text, 'overhead', '')).toThrow(/got none\. Write <!-- measured: overhead -->/);
  });
});

it('--only names models, and what is none is an error that lists them', () => {
  expect(chosenModels('cnn,tiny')).toEqual(['cnn', 'tiny']);
  expect(() => chosenModels('cnn,resnet')).toThrow(/--only: expected some of tiny, mlp, .*, got resnet\./);
});
