// Looking into steps: what is asked of the runner, and what is kept of its answers.

import { describe, expect, it } from 'vitest';
import { createInsideStep } from '../../src/state/inside-step.ts';
import type { RunEvent } from '../../src/runner/run-events.ts';
import type { PhaseName } from '../../src/train/telemetry.ts';
import { toPhaseView } from '../../src/train/phase-view.ts';

const seen = (lane: number, phase: PhaseName, step: number, rank: number, weight = 'kernel'): RunEvent => ({
  type: 'inside',
  lane,
  view: toPhaseView({ phase, step, rank, weight, shape: [2] }, Float32Array.of(rank, step)),
});

describe('looking into steps', () => {
  it('asks nothing of the runner while nobody looks', () => {
    const inside = createInsideStep();
    expect(inside.inspection.value).toBeNull();
    inside.isOpen.value = true;
    inside.weight.value = 2;
    expect(inside.inspection.value).toEqual({ weight: 2, slowMs: 0 });
    inside.isSlow.value = true;
    expect(inside.inspection.value?.slowMs).toBeGreaterThan(500);
  });

  it('keeps the newest step of each lane, its phases by rank', () => {
    const inside = createInsideStep();
    for (const event of [seen(1, 'gradient', 4, 1), seen(1, 'gradient', 4, 0), seen(1, 'update', 4, 0), seen(0, 'forward', 9, 0)])
      inside.apply(event);
    expect(inside.phases.value.get(1)?.gradient?.map(({ rank }) => rank)).toEqual([0, 1]);
    expect(inside.latest.value).toEqual({ lane: 0, phase: 'forward' });
    inside.apply(seen(1, 'forward', 5, 0));
    expect(Object.keys(inside.phases.value.get(1) ?? {})).toEqual(['forward']);
    expect(inside.phases.value.get(0)?.forward).toHaveLength(1);
    inside.apply(seen(1, 'forward', 5, 0, 'bias')); // another weight was chosen
    expect(inside.phases.value.get(1)?.forward?.map(({ weight }) => weight)).toEqual(['bias']);
  });

  it('takes the weights of the first lane that tells, and goes back to the first weight where there are fewer now', () => {
    const inside = createInsideStep();
    inside.weight.value = 3;
    inside.apply({ type: 'weights', lane: 0, weights: [{ name: 'kernel', shape: [2, 2] }] });
    inside.apply({ type: 'weights', lane: 1, weights: [] });
    expect(inside.weights.value).toHaveLength(1);
    expect(inside.weight.value).toBe(0);
    inside.clear();
    expect(inside.weights.value).toEqual([]);
  });
});
