import { describe, expect, it } from 'vitest';
import { nextLossScale, parseLossScaleOptions, type LossScaleState } from '../../../src/engine/precision/loss-scale.ts';
// PyTorch's own published sequence, and Keras's (its scale starts elsewhere, its rule is the same).
import references from '../../reference/loss-scale.json' with { type: 'json' };

const fresh = (scale: number): LossScaleState => ({ scale, growthTracker: 0, skippedSteps: 0 });

describe('loss scale', () => {
  it.each(references.map((reference) => [reference.id, reference] as const))('follows %s', (_, { input, expected }) => {
    const options = parseLossScaleOptions({
      initScale: input.init,
      growthFactor: input.growth,
      backoffFactor: input.backoff,
      growthInterval: input.interval,
    });
    let state = fresh(options.initScale);
    const seen = input.found_inf.map((found) => {
      state = nextLossScale(state, found === 1, options);
      return [state.scale, state.growthTracker];
    });
    expect(seen).toEqual(expected.scale_tracker);
    expect(state.skippedSteps).toBe(input.found_inf.filter((found) => found === 1).length);
  });

  it('has the defaults of torch.amp.GradScaler', () => {
    expect(parseLossScaleOptions({})).toEqual({
      initScale: 65536,
      growthFactor: 2,
      backoffFactor: 0.5,
      growthInterval: 2000,
      isDynamic: true,
    });
  });

  it('doubles after exactly 2,000 good steps in a row', () => {
    const options = parseLossScaleOptions({});
    let state = fresh(options.initScale);
    for (let step = 1; step < 2000; step++) state = nextLossScale(state, false, options);
    expect([state.scale, state.growthTracker]).toEqual([65536, 1999]);
    expect(nextLossScale(state, false, options)).toEqual({ scale: 131072, growthTracker: 0, skippedSteps: 0 });
    expect(nextLossScale(state, true, options)).toEqual({ scale: 32768, growthTracker: 0, skippedSteps: 1 });
  });

  it('stops where it or its inverse would be no normal f32', () => {
    const options = parseLossScaleOptions({ growthInterval: 1 });
    expect(nextLossScale(fresh(2 ** 126), false, options)).toEqual({ scale: 2 ** 126, growthTracker: 0, skippedSteps: 0 });
    expect(nextLossScale(fresh(2 ** -126), true, options)).toEqual({ scale: 2 ** -126, growthTracker: 0, skippedSteps: 1 });
    expect(nextLossScale(fresh(2 ** 125), false, options).scale).toBe(2 ** 126);
    expect(nextLossScale(fresh(2 ** -125), true, options).scale).toBe(2 ** -126);
  });

  it('is rounded to f32 after every move, as on the GPU', () => {
    const options = parseLossScaleOptions({ initScale: 0.1, backoffFactor: 0.3 });
    expect(options.initScale).toBe(Math.fround(0.1));
    expect(nextLossScale(fresh(options.initScale), true, options).scale).toBe(Math.fround(Math.fround(0.1) * Math.fround(0.3)));
  });

  it('keeps a fixed scale, and still counts skipped steps', () => {
    const options = parseLossScaleOptions({ initScale: 1024, growthInterval: 1, isDynamic: false });
    const state = nextLossScale(nextLossScale(fresh(1024), true, options), false, options);
    expect(state).toEqual({ scale: 1024, growthTracker: 0, skippedSteps: 1 });
  });

  it.each([
    [{ initScale: 0 }, 'GradScaler.initScale: expected a positive number, at most 2^126, got 0.'],
    [{ growthFactor: 1 }, 'GradScaler.growthFactor: expected a number above 1, got 1.'],
    [{ backoffFactor: 1.5 }, 'GradScaler.backoffFactor: expected a number between 0 and 1, got 1.5.'],
    [{ growthInterval: 0.5 }, 'GradScaler.growthInterval: expected a whole number of steps, from 1 to 16777216, got 0.5.'],
  ])('refuses %j by name', (options, message) => {
    expect(() => parseLossScaleOptions(options)).toThrow(message);
  });
});
