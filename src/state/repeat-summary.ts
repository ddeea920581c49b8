// The row of several repeats of a lane: every number that all of them have, folded into one: their mean, the least, or the most.

import type { LaneSummary } from './lane-summary.ts';

/** Folds the numbers of a column, all finite, at least one. */
export type Fold = (values: readonly number[]) => number;

/** The repeats' rows as one; a number that one of them lacks is null. */
export function foldSummaries(rows: readonly LaneSummary[], fold: Fold): LaneSummary {
  const number = (read: (row: LaneSummary) => number | null | undefined): number | null => {
    const values = rows.map((row) => read(row) ?? null);
    return values.length > 0 && values.every((value) => value !== null) ? fold(values) : null;
  };
  const weights = number(({ bytes }) => bytes?.weights);
  const optimizer = number(({ bytes }) => bytes?.optimizer);
  const graph = number(({ bytes }) => bytes?.graph);
  const peak = number(({ bytes }) => bytes?.peak);
  const goal = rows[0]?.target ?? null;
  const step = number(({ target }) => target?.reached?.step);
  return {
    steps: number(({ steps }) => steps) ?? 0,
    loss: number(({ loss }) => loss),
    metric: number(({ metric }) => metric),
    target:
      goal === null
        ? null
        : { value: goal.value, reached: step === null ? null : { step, trainMs: number((row) => row.target?.reached?.trainMs) } },
    samplesPerSecond: number(({ samplesPerSecond }) => samplesPerSecond),
    medianStepMs: number(({ medianStepMs }) => medianStepMs),
    bytes: weights === null || optimizer === null || graph === null || peak === null ? null : { weights, optimizer, graph, peak },
    f16: rows[0]?.f16 ?? null,
    lossScale: number(({ lossScale }) => lossScale),
    skippedSteps: number(({ skippedSteps }) => skippedSteps),
    bytesSent: number(({ bytesSent }) => bytesSent),
    distanceToBaseline: number(({ distanceToBaseline }) => distanceToBaseline),
  };
}
