// What each lane reached, how fast, with how much memory. The table fills in while lanes train and becomes final with each lane's
// result. Columns are a list: heading, explanation, and how a row's number is written.

import { useSignal } from '@preact/signals';
import type { PlainKey } from '../../i18n/messages-en.ts';
import { summariseLane } from '../../state/lane-summary.ts';
import type { LaneSummary, SummaryContext } from '../../state/lane-summary.ts';
import type { LaneState } from '../../state/lanes.ts';
import { t } from '../../state/locale.ts';
import { isShare, listMetrics, suitableMetric } from '../../state/metric-choice.ts';
import { metricLabel } from '../metric-label.ts';
import {
  formatBytes,
  formatCount,
  formatLoss,
  formatPower,
  formatRate,
  formatGoal,
  formatSeconds,
  formatShare,
  unknownNumber,
} from '../number-format.ts';
import { Swatch } from '../lanes/swatch.tsx';
import { usePage } from '../page-context.ts';
import { BaselineCell, BaselineRow } from './baseline-row.tsx';
import { ExecutionChip } from './execution-chip.tsx';
import { F32OpsChip } from './f32-ops-chip.tsx';
import { VirtualChip } from './lane-strip.tsx';
import { hasOwnRow, RepeatRows } from './repeat-rows.tsx';

interface ColumnSpec {
  readonly key: string;
  readonly heading: string;
  readonly hint: string;
  /** In a race this is no comparison. */
  readonly isTime?: boolean;
  /** What it means for virtual ranks, where that is something else. */
  readonly virtualHint?: 'table.virtualTime' | 'table.virtualSent';
  readonly write: (row: LaneSummary, lane: LaneState) => preact.ComponentChildren;
}

/** What is special about a column of times. */
const time = { isTime: true, virtualHint: 'table.virtualTime' } as const;

/** The table of results. */
export function ResultsTable(): preact.JSX.Element {
  const { page } = usePage();
  void page.run.revision.value;
  const lanes = page.run.lanes.value;
  const declaration = page.run.declaration.value;
  const device = page.device.value;
  const metricName = suitableMetric(listMetrics(lanes), declaration?.target ?? null)?.name ?? null;
  const context: SummaryContext = {
    metricName,
    target: declaration?.target ?? null,
    globalBatch: declaration?.globalBatch ?? null,
    deviceF16: device.kind === 'ready' ? device.report.f16 : null,
  };
  const openGroups = useSignal<ReadonlySet<string>>(new Set());
  const all = lanes.map((lane) => ({ lane, summary: summariseLane(lane, context) }));
  const rows = all.filter(({ lane }) => hasOwnRow(lane, openGroups.value));
  const columns = columnsFor(
    context,
    all.map(({ summary }) => summary),
  );
  const focused = page.focus.shown.value;
  const hidden = page.hiddenLanes.value;
  const baseline = page.comparedRuns.baseline.value;
  const isRace = page.run.schedule.value?.schedule === 'race';
  return (
    <section class="results-table" aria-label={t('table.label')} tabIndex={0}>
      <table class="data-table">
        <thead>
          <tr>
            <th scope="col">{t('table.lane')}</th>
            {columns.map(({ key, heading, hint, isTime }) => {
              const isDoubtful = isRace && isTime === true;
              const title = isDoubtful ? t('schedule.raceHint') : hint;
              return (
                <th key={key} scope="col" title={title} class={isDoubtful ? 'is-warning' : ''}>
                  <abbr title={title}>{heading}</abbr>
                </th>
              );
            })}
          </tr>
        </thead>
        <RepeatRows rows={all} columns={columns} open={openGroups} />
        <tbody>
          {rows.map(({ lane, summary }) => (
            <tr key={lane.index} class={hidden.has(lane.index) ? 'is-hidden' : focused === null || focused === lane.index ? '' : 'is-back'}>
              <th scope="row">
                <Swatch index={lane.styleIndex} /> {lane.lane.label} <VirtualChip lane={lane} /> <ExecutionChip lane={lane} />{' '}
                <F32OpsChip lane={lane} />
              </th>
              {columns.map(({ key, isTime, virtualHint, write }) => {
                const isPlain = virtualHint === undefined || !lane.lane.virtual;
                return (
                  <td
                    key={key}
                    class={!isPlain && isTime === true ? 'is-warning' : ''}
                    {...(isPlain ? {} : { title: t(virtualHint, { count: lane.lane.worldSize }) })}
                  >
                    {write(summary, lane)}
                    {baseline === null ? null : <BaselineCell column={key} row={summary} baseline={baseline} metricName={metricName} />}
                  </td>
                );
              })}
            </tr>
          ))}
          {baseline === null ? null : <BaselineRow baseline={baseline} columns={columns.map(({ key }) => key)} metricName={metricName} />}
        </tbody>
      </table>
    </section>
  );
}

function columnsFor({ metricName, target }: SummaryContext, rows: readonly LaneSummary[]): readonly ColumnSpec[] {
  const column = (key: string, heading: PlainKey, hint: PlainKey, write: ColumnSpec['write']): ColumnSpec => ({
    key,
    heading: t(heading),
    hint: t(hint),
    write,
  });
  const columns: ColumnSpec[] = [column('loss', 'table.loss', 'table.lossHint', (row) => formatLoss(row.loss))];
  if (metricName !== null) {
    columns.push({
      key: 'metric',
      heading: metricLabel(metricName),
      hint: t('table.metricHint'),
      write: (row) => writeMetric(metricName, row.metric),
    });
  }
  if (target !== null) {
    const goal = isShare(target.metric) ? formatGoal(target.value) : formatLoss(target.value);
    columns.push({
      key: 'target',
      heading: t('table.target', { goal }),
      hint: t('table.targetHint', { metric: metricLabel(target.metric), goal }),
      write: writeTarget,
    });
  }
  columns.push(
    { ...column('rate', 'table.samples', 'table.samplesHint', (row) => formatRate(row.samplesPerSecond)), ...time },
    { ...column('step', 'table.step', 'table.stepHint', (row) => formatRate(row.medianStepMs)), ...time },
    column('graph', 'table.graph', 'table.graphHint', (row) => formatBytes(row.bytes?.graph ?? null)),
    column('peak', 'table.peak', 'table.peakHint', (row) => formatBytes(row.bytes?.peak ?? null)),
  );
  if (rows.some(({ lossScale }) => lossScale !== null)) columns.push(column('scale', 'table.scale', 'table.scaleHint', writeScale));
  if (rows.some(({ bytesSent }) => bytesSent !== null && bytesSent > 0)) {
    columns.push({
      ...column('sent', 'table.sent', 'table.sentHint', (row) => formatBytes(row.bytesSent)),
      virtualHint: 'table.virtualSent',
    });
  }
  columns.push(
    column('distance', 'table.distance', 'table.distanceHint', (row, lane) =>
      row.distanceToBaseline !== null && lane.index === 0 ? t('table.baseline') : formatPower(row.distanceToBaseline),
    ),
  );
  return columns;
}

function writeMetric(name: string, value: number | null): string {
  return isShare(name) ? formatShare(value) : formatLoss(value);
}

function writeTarget(row: LaneSummary): preact.ComponentChildren {
  const reached = row.target?.reached;
  if (reached === undefined || reached === null) return unknownNumber;
  return (
    <>
      {formatSeconds(reached.trainMs)} <small>{t('table.reached', { step: formatCount(reached.step) })}</small>
    </>
  );
}

function writeScale(row: LaneSummary): preact.ComponentChildren {
  if (row.lossScale === null) return unknownNumber;
  return (
    <>
      {formatCount(row.lossScale)}
      {row.skippedSteps === null || row.skippedSteps === 0 ? null : (
        <small> {t('table.skipped', { count: formatCount(row.skippedSteps) })}</small>
      )}
    </>
  );
}
