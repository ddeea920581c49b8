// What happened to lanes while they trained and is marked in their charts: the learning rate was changed by hand, a rank was lost.

import { axisColumn, lowerBound } from '../../state/chart-axis.ts';
import type { AxisName } from '../../state/axis-name.ts';
import type { AxisFacts } from '../../state/chart-axis.ts';
import type { LaneState } from '../../state/lanes.ts';
import { rateMarks } from '../../state/learning-rate.ts';
import { t } from '../../state/locale.ts';
import { formatCount, formatExact } from '../number-format.ts';
import type { ChartMark } from './chart-marks.ts';

/** The marks of these lanes on an axis, in its order; lanes that changed at the same step share a mark where the axis shows steps. */
export function laneMarks(
  lanes: readonly LaneState[],
  axis: AxisName,
  factsOf: (lane: LaneState) => AxisFacts,
  hasRates: boolean,
): readonly ChartMark[] {
  const placeOf = (lane: LaneState, step: number) => placeOfStep(lane, step, axis, factsOf(lane));
  const rates =
    axis === 'step'
      ? rateMarks(lanes.map((lane) => lane.learningRateChanges.peek())).map(({ step, learningRate, lane }): ChartMark => {
          return { x: step, text: rateText(learningRate), styleIndex: lane === null ? null : (lanes[lane]?.styleIndex ?? null) };
        })
      : lanes.flatMap((lane) =>
          lane.learningRateChanges.peek().map(({ step, learningRate }): ChartMark => {
            return { x: placeOf(lane, step), text: rateText(learningRate), styleIndex: lane.styleIndex };
          }),
        );
  const losses = lanes.flatMap((lane) =>
    lane.membershipChanges.peek().map(({ step, lostRank, worldSize }): ChartMark => {
      const text = t('membership.mark', { rank: formatCount(lostRank), left: formatCount(worldSize) });
      return { x: placeOf(lane, step), text, styleIndex: lane.styleIndex };
    }),
  );
  return [...(hasRates ? rates : []), ...losses].sort((a, b) => a.x - b.x);
}

/** The same in sentences, told by steps. */
export function describeMarks(lanes: readonly LaneState[]): readonly string[] {
  const rates = rateMarks(lanes.map(({ learningRateChanges }) => learningRateChanges.value)).map(({ step, learningRate }) =>
    t('rate.markAt', { rate: formatExact(learningRate), step: formatCount(step) }),
  );
  const losses = lanes.flatMap(({ lane, membershipChanges }) =>
    membershipChanges.value.map(({ step, lostRank, worldSize }) => {
      const words = { lane: lane.label, rank: formatCount(lostRank), step: formatCount(step), left: formatCount(worldSize) };
      return t('membership.markAt', words);
    }),
  );
  return [...(rates.length === 0 ? [] : [t('rate.marks', { marks: rates.join('; ') })]), ...losses];
}

function rateText(learningRate: number): string {
  return t('rate.mark', { rate: formatExact(learningRate) });
}

function placeOfStep({ series }: LaneState, step: number, axis: AxisName, facts: AxisFacts): number {
  if (axis === 'step') return step;
  const column = axisColumn(series, 'steps', axis, facts);
  column?.update();
  const row = lowerBound(series.steps.step, step + 1e-9, 0) - 1;
  return row < 0 ? 0 : (column?.column.at(row) ?? NaN);
}
