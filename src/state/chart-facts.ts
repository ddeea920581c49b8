// What the charts know of a run's lanes besides their series, and how far the x axis reaches: the same for every panel, so that a crosshair
// stands at one place in all of them.

import { laneOptionsOf } from '../compare/lane-options-of.ts';
import type { LaneResult, Manifest } from '../runner/results.ts';
import { axisColumn } from './chart-axis.ts';
import type { AxisName } from './axis-name.ts';
import type { AxisFacts } from './chart-axis.ts';
import type { AxisRange } from './chart-view.ts';
import type { RunBody } from './history/run-record.ts';
import type { LaneState } from './lanes.ts';
import type { OverlayLane } from './overlay.ts';
import type { Declaration } from '../train/program-module.ts';

/** Of one lane, as far as it is known by now. Reads the lane's result. */
export function factsOfLane({ lane, result }: LaneState, declaration: Declaration | null): AxisFacts {
  const declared = declaration?.globalBatch ?? null;
  return {
    globalBatch: declared === null ? null : (lane.globalBatch ?? declared),
    modelledStepMs: modelledStepMs(lane.worldSize, result.value),
  };
}

/** Of a kept run. A short form that this page cannot read says nothing of a batch of its own. */
export function factsOfRun({ globalBatch }: Pick<Manifest, 'globalBatch'>, result: RunBody['result']): AxisFacts {
  const own = Number(laneOptionsOf(result).get('batch') ?? NaN);
  return {
    globalBatch: globalBatch === null || Number.isNaN(own) ? globalBatch : own,
    modelledStepMs: modelledStepMs(result.worldSize, result),
  };
}

/** One rank has its device to itself here already: its modelled step is the measured one. */
function modelledStepMs(worldSize: number, result: Pick<LaneResult, 'medianStepMs' | 'modelled'> | null): number | null {
  if (result === null) return null;
  if (worldSize === 1) return result.medianStepMs;
  return result.modelled?.predictions.find((prediction) => prediction.worldSize === worldSize)?.modelledStepMs ?? null;
}

/** From the first step, or zero, to the last of any lane; to the last one that was declared where that is told by steps. */
export function fullRange(
  lanes: readonly LaneState[],
  overlays: readonly OverlayLane[],
  axis: AxisName,
  declaration: Declaration | null,
): AxisRange {
  const steps = declaration?.steps ?? 0;
  const ends = lanes.map((lane) => {
    const facts = factsOfLane(lane, declaration);
    const declared = axis === 'step' ? steps : axis === 'samples' ? steps * (facts.globalBatch ?? 0) : 0;
    return Math.max(declared, lastOf(lane.series, facts, axis));
  });
  const behind = overlays.map(({ series, facts }) => lastOf(series, facts, axis));
  const end = Math.max(0, ...ends, ...behind);
  if (axis === 'step') return { min: 1, max: Math.max(2, end) };
  return { min: 0, max: end > 0 ? end : 1 };
}

function lastOf(series: LaneState['series'], facts: AxisFacts, axis: AxisName): number {
  const column = axisColumn(series, 'steps', axis, facts);
  column?.update();
  const last = column?.column.last() ?? NaN;
  return Number.isFinite(last) ? last : 0;
}
