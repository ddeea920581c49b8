import { signal } from '@preact/signals';
import { render } from 'preact';
import { expect, test } from 'vitest';
import type { LaneState } from '../../../src/state/lanes.ts';
import { F32OpsChip } from '../../../src/ui/results/f32-ops-chip.tsx';
import { laneResult } from '../../support/lane-result.ts';

/** The chip of an fp16 lane with these ops; the rest of a lane it does not look at. */
function chipOf(f32Ops: readonly string[] | null): Element | null {
  const result = signal(f32Ops === null ? null : laneResult('1xfp16', { f32Ops }));
  const place = document.createElement('div');
  render(<F32OpsChip lane={{ result } as unknown as LaneState} />, place);
  return place.firstElementChild;
}

test('an fp16 lane says which of its ops stayed f32, and why, and says nothing where there are none or it has not ended', () => {
  const chip = chipOf(['scatter', 'unsortedSegmentSum']);
  expect(chip?.textContent).toBe('partly f32');
  expect(chip?.getAttribute('title')).toMatch(/atomic operations, which 16 bits have none of: scatter, unsortedSegmentSum\.$/);
  expect([chipOf([]), chipOf(null)]).toEqual([null, null]);
});
