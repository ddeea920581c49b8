// The timeline: what every rank did in its last steps, as a Gantt one can zoom, with a step to lay beside later ones, the medians in a
// table, and a file for Perfetto.

import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { timelineMessages } from '../../i18n/en/timeline.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import type { LaneTimeline, TimelineStep } from '../../state/timeline.ts';
import { traceOf } from '../../state/trace.ts';
import { spanPhases } from '../../train/span-phases.ts';
import { CloseIcon } from '../icons.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { download } from './download.ts';
import { Gantt, type GanttState } from './gantt.tsx';
import { zoomAt, type GanttView } from './gantt-view.ts';
import { newestView } from './gantt-steps.ts';
import { GpuTimesSection } from './gpu-times.tsx';
import { OverlapNote } from './overlap-note.tsx';
import { PhaseSwatch } from './phase-swatch.tsx';
import { PhaseTable, StepTable } from './phase-table.tsx';
import { phaseWords } from './phase-style.ts';
import '../styles/timeline.css';

addRoomMessages(timelineMessages);

/** The panel. */
export default function TimelinePanel(): preact.JSX.Element {
  const { page } = usePage();
  const { timeline } = page;
  const lane = timeline.lanes.value[timeline.lane.value];
  const state = useMemo(
    (): GanttState => ({
      view: signal<GanttView | null>(null),
      chosenStep: signal<number | null>(null),
      lookedAt: signal<TimelineStep | null>(null),
    }),
    [lane],
  );
  void timeline.revision.value;
  if (lane === undefined || lane.steps().length === 0) return <p class="empty">{t('timeline.empty')}</p>;
  return (
    <div class="timeline">
      <Tools lane={lane} state={state} />
      <Gantt lane={lane} state={state} />
      <Legend lane={lane} />
      <PhaseTable lane={lane} />
      <OverlapNote lane={lane} />
      <StepTable state={state} />
      <p class="timeline-note">
        {t('timeline.note')} {lane.droppedCount === 0 ? null : t('timeline.dropped', { count: formatCount(lane.droppedCount) })}
      </p>
      <GpuTimesSection lane={lane} />
    </div>
  );
}

function Tools({ lane, state }: { readonly lane: LaneTimeline; readonly state: GanttState }): preact.JSX.Element {
  const { page } = usePage();
  const { timeline } = page;
  const step = state.lookedAt.value;
  const zoom = (factor: number): void => {
    const steps = lane.steps();
    const view = state.view.peek() ?? newestView(steps, lane.worldSize);
    const all = { fromMs: steps[0]?.startMs ?? view.fromMs, toMs: steps.at(-1)?.endMs ?? view.toMs };
    state.view.value = zoomAt(view, factor, (view.fromMs + view.toMs) / 2, all);
  };
  return (
    <div class="timeline-tools">
      {timeline.lanes.value.length < 2 ? null : (
        <label>
          {t('timeline.lane')}{' '}
          <select
            aria-label={t('timeline.lane')}
            value={timeline.lane.value}
            onChange={(event) => {
              timeline.chosenLane.value = Number(event.currentTarget.value);
            }}
          >
            {timeline.lanes.value.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      <span class="timeline-zoom" role="group" aria-label={t('timeline.zoom')}>
        <button type="button" class="quiet-button" onClick={() => zoom(2)} title={t('timeline.zoomOut')} aria-label={t('timeline.zoomOut')}>
          −
        </button>
        <button type="button" class="quiet-button" onClick={() => zoom(0.5)} title={t('timeline.zoomIn')} aria-label={t('timeline.zoomIn')}>
          +
        </button>
        <button
          type="button"
          class="quiet-button"
          aria-pressed={state.view.value === null}
          title={t('timeline.followHint')}
          onClick={() => {
            state.view.value = null;
            state.chosenStep.value = null;
          }}
        >
          {t('timeline.follow')}
        </button>
      </span>
      <button
        type="button"
        class="quiet-button"
        disabled={step === null}
        title={t('timeline.pinHint')}
        onClick={() => {
          if (step !== null) timeline.pin(lane.label, step);
        }}
      >
        {t('timeline.pin', { step: step?.step ?? 0 })}
      </button>
      {timeline.pins.value.map((pinned) => (
        <button
          key={`${pinned.label} ${pinned.step.step} ${pinned.step.startMs}`}
          type="button"
          class="quiet-button"
          title={t('timeline.unpin')}
          onClick={() => timeline.unpin(pinned)}
        >
          {t(pinned.isOfEarlierRun ? 'timeline.pinnedEarlier' : 'timeline.pinned', { lane: pinned.label, step: pinned.step.step })}{' '}
          <CloseIcon />
        </button>
      ))}
      <button
        type="button"
        class="quiet-button timeline-download"
        title={t('timeline.downloadHint')}
        onClick={() => download('lockstep-trace.json', JSON.stringify(traceOf(page)))}
      >
        {t('timeline.download')}
      </button>
    </div>
  );
}

/** The phases that the lane's newest step has. */
function Legend({ lane }: { readonly lane: LaneTimeline }): preact.JSX.Element {
  void usePage().page.timeline.revision.value; // a lane is the same object, whatever it has recorded since
  const seen = new Set(
    lane
      .steps()
      .slice(-3)
      .flatMap(({ ranks }) => ranks.flatMap(({ spans }) => spans.map(({ phase }) => phase))),
  );
  return (
    <ul class="timeline-legend" aria-label={t('timeline.legend')}>
      {spanPhases
        .filter((phase) => seen.has(phase))
        .map((phase) => (
          <li key={phase} title={t(phaseWords[phase].hint)}>
            <PhaseSwatch phase={phase} /> {t(phaseWords[phase].name)}
          </li>
        ))}
    </ul>
  );
}
