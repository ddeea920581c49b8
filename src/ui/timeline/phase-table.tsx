// The timeline in numbers: medians over the last steps, and every rank of the step that is looked at.

import { t } from '../../state/locale.ts';
import type { LaneTimeline } from '../../state/timeline.ts';
import type { RankStep } from '../../runner/rank-steps.ts';
import { spanPhases, type SpanPhase } from '../../train/span-phases.ts';
import { formatCount, formatRate, formatShare, unknownNumber } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import type { GanttState } from './gantt.tsx';
import { PhaseSwatch } from './phase-swatch.tsx';
import { phaseWords } from './phase-style.ts';

/** Medians per phase: rank 0, and over the ranks where there are several. */
export function PhaseTable({ lane }: { readonly lane: LaneTimeline }): preact.JSX.Element | null {
  void usePage().page.timeline.revision.value; // a lane is the same object, whatever it has recorded since
  const summary = lane.summary();
  if (summary === null) return null;
  const isSingle = lane.worldSize === 1;
  const stepMs = summary.phases.find(({ phase }) => phase === 'step')?.rank0Ms ?? 0;
  return (
    <div class="timeline-table" tabIndex={0}>
      <table class="data-table">
        <caption>{t('timeline.medians', { count: formatCount(summary.stepCount) })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('timeline.phase')}</th>
            <th scope="col">{t('timeline.rank', { rank: 0 })}</th>
            <th scope="col">{t('timeline.ofStep')}</th>
            {isSingle ? null : (
              <>
                <th scope="col" title={t('timeline.fastestHint')}>
                  {t('timeline.fastest')}
                </th>
                <th scope="col" title={t('timeline.slowestHint')}>
                  {t('timeline.slowest')}
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {summary.phases.map(({ phase, rank0Ms, fastestRankMs, slowestRankMs }) => (
            <tr key={phase} class={isNested(phase) ? 'is-nested' : ''}>
              <th scope="row" title={t(phaseWords[phase].hint)}>
                <PhaseSwatch phase={phase} /> {t(phaseWords[phase].name)}
              </th>
              <td>{formatPhaseMs(rank0Ms)}</td>
              <td>{stepMs === 0 ? unknownNumber : formatShare(rank0Ms / stepMs)}</td>
              {isSingle ? null : (
                <>
                  <td>{formatPhaseMs(fastestRankMs)}</td>
                  <td>{formatPhaseMs(slowestRankMs)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {isSingle ? null : (
        <p class="timeline-share">
          {t('timeline.share', { share: formatShare(summary.communicationShare), waiting: formatShare(summary.waitShare) })}
        </p>
      )}
    </div>
  );
}

/** Milliseconds by rank and phase, for those who cannot see the canvas, and for those who want the digits. */
export function StepTable({ state }: { readonly state: GanttState }): preact.JSX.Element | null {
  const step = state.lookedAt.value;
  if (step === null) return null;
  const phases = spanPhases.filter((phase) => step.ranks.some((rankStep) => phaseMs(rankStep, phase) > 0));
  return (
    <details class="timeline-step">
      <summary>{t('timeline.stepTable', { step: step.step })}</summary>
      <div class="timeline-table" tabIndex={0}>
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">ms</th>
              {phases.map((phase) => (
                <th key={phase} scope="col" title={t(phaseWords[phase].hint)}>
                  {t(phaseWords[phase].name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {step.ranks.map((rankStep) => (
              <tr key={rankStep.rank}>
                <th scope="row">{t('timeline.rank', { rank: rankStep.rank })}</th>
                {phases.map((phase) => (
                  <td key={phase}>{formatPhaseMs(phaseMs(rankStep, phase))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function phaseMs({ startMs, endMs, spans }: RankStep, wanted: SpanPhase): number {
  if (wanted === 'step') return endMs - startMs;
  return spans.reduce((sum, { phase, startMs: from, endMs: to }) => (phase === wanted ? sum + to - from : sum), 0);
}

function formatPhaseMs(ms: number): string {
  return ms === 0 ? '0' : ms < 0.05 ? '< 0.1' : formatRate(ms);
}

function isNested(phase: SpanPhase): boolean {
  return phase === 'device' || phase === 'wait';
}
