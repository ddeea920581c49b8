// What a lane measured, as the cluster model wants it.

import type { MeasuredLane } from '../cluster/measured-lane.ts';
import type { LaneResult, PhaseSummary } from './results.ts';

/** Null before a step was timed. */
export function measuredLane(
  result: Pick<LaneResult, 'worldSize' | 'allReduce' | 'medianStepMs' | 'steps' | 'bytesSent' | 'phases'>,
): MeasuredLane | null {
  const { worldSize, allReduce, medianStepMs, steps, bytesSent, phases } = result;
  if (medianStepMs === null) return null;
  return { worldSize, allReduce, medianStepMs, communicationMs: communicationMs(phases), steps, bytesSent };
}

/**
 * What reading back, exchanging and uploading take by themselves: in each step the rank that took least, because the others also wait
 * until the device they share has computed for everybody.
 */
function communicationMs(phases: PhaseSummary | null): number | null {
  if (phases === null) return null;
  const exchanging = phases.phases.filter(({ phase }) => phase === 'read-back' || phase === 'reduce' || phase === 'upload');
  return exchanging.length === 0 ? null : exchanging.reduce((sum, { fastestRankMs }) => sum + fastestRankMs, 0);
}
