// Legend and progress in one: a tile per lane with its colour and dash, how far it is and how fast. Pointing at it lets that lane stand out
// everywhere; clicking keeps it so. The eye takes its curves out of the charts: the lane goes on, dimmed.

import { f16KindOf } from '../../core/lane-use.ts';
import { toggleHidden } from '../../state/hidden-lanes.ts';
import type { LaneState } from '../../state/lanes.ts';
import { isLaneOver } from '../../state/lanes.ts';
import { medianOfLast } from '../../state/lane-summary.ts';
import { t } from '../../state/locale.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { EyeIcon, EyeOffIcon } from '../icons.tsx';
import { Swatch } from '../lanes/swatch.tsx';
import { formatClock, formatCount, formatRate } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { phaseMessages } from './run-head.tsx';

/** The lanes of the run. */
export function LaneStrip(): preact.JSX.Element {
  const { page } = usePage();
  return (
    <ul class="lane-strip" aria-label={t('lanes.label')}>
      {page.run.lanes.value.map((lane) => (
        <LaneTile key={`${lane.index} ${lane.lane.label}`} lane={lane} />
      ))}
    </ul>
  );
}

function LaneTile({ lane }: { readonly lane: LaneState }): preact.JSX.Element {
  const { page } = usePage();
  const { focus, run } = page;
  const phase = lane.phase.value;
  const total = run.declaration.value?.steps ?? null;
  const shown = focus.shown.value;
  const state = shown === null ? '' : shown === lane.index ? ' is-focused' : ' is-back';
  const isHidden = page.hiddenLanes.value.has(lane.index);
  return (
    <li
      class={`lane-tile is-${phase}${state}${isHidden ? ' is-hidden' : ''}`}
      onPointerEnter={() => {
        focus.hovered.value = lane.index;
      }}
      onPointerLeave={() => {
        focus.hovered.value = null;
      }}
    >
      <button
        type="button"
        class="lane-pick"
        aria-pressed={focus.pinned.value === lane.index}
        title={`${lane.lane.label}\n${t('lanes.solo')}`}
        onClick={() => focus.togglePin(lane.index)}
      >
        <Swatch index={lane.styleIndex} />
        <span class="lane-label">{lane.lane.label}</span>
      </button>
      <HideButton lane={lane} isHidden={isHidden} />
      <LaneStanding lane={lane} total={total} />
      <LaneProgress lane={lane} total={total} />
    </li>
  );
}

/** Takes the lane's curves out of the charts, and back. */
function HideButton({ lane, isHidden }: { readonly lane: LaneState; readonly isHidden: boolean }): preact.JSX.Element {
  const { page } = usePage();
  const words = t(isHidden ? 'lanes.show' : 'lanes.hide', { lane: lane.lane.label });
  return (
    <button
      type="button"
      class="icon-button lane-hide"
      aria-label={words}
      title={words}
      onClick={() => {
        if (!toggleHidden(page.hiddenLanes, lane.index, page.run.lanes.value.length)) page.notice.say(t('lanes.hideLast'));
      }}
    >
      {isHidden ? <EyeOffIcon /> : <EyeIcon />}
    </button>
  );
}

/** The time left while it trains, else its phase. */
function LaneStanding({ lane, total }: { readonly lane: LaneState; readonly total: number | null }): preact.JSX.Element {
  const { page } = usePage();
  void page.run.revision.value;
  const isPaused = page.run.phase.value === 'paused' && lane.phase.value === 'running';
  const phase = isPaused ? 'paused' : lane.phase.value;
  const leftMs = total === null || phase !== 'running' ? null : lane.pace.remainingMs(total);
  if (leftMs === null) return <span class="lane-phase">{t(phaseMessages[phase])}</span>;
  return (
    <span class="lane-phase" title={t('lanes.leftHint')}>
      {t('lanes.left', { time: formatClock(leftMs) })}
    </span>
  );
}

function LaneProgress({ lane, total }: { readonly lane: LaneState; readonly total: number | null }): preact.JSX.Element {
  const { page } = usePage();
  void page.run.revision.value;
  const phase = lane.phase.value;
  const done = lane.result.value?.steps ?? lane.series.steps.length;
  const share = total === null || total === 0 ? (phase === 'done' ? 1 : null) : Math.min(1, done / total);
  const stepMs = lane.result.value?.medianStepMs ?? medianOfLast(lane.series.steps.metric('stepMs')?.view() ?? new Float64Array(0));
  const { colour } = laneStyle(lane.styleIndex, page.theme.theme.value);
  return (
    <>
      <span class="lane-facts">
        <span class="lane-fact">
          {total === null
            ? t('lanes.steps', { done: formatCount(done) })
            : t('lanes.stepsOf', { done: formatCount(done), total: formatCount(total) })}
        </span>
        <span class="lane-fact" title={t('lanes.rateHint')}>
          {stepMs === null || stepMs === 0 ? '' : t('lanes.rate', { rate: formatRate(1000 / stepMs) })}
        </span>
        <span class="lane-chip">
          <VirtualChip lane={lane} />
          <F16Chip lane={lane} />
          <RanksChip lane={lane} />
        </span>
      </span>
      <span
        class={`bar${share === null && !isLaneOver(phase) ? ' is-open' : ''}`}
        role="progressbar"
        aria-label={lane.lane.label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
      >
        <span style={{ transform: `scaleX(${share ?? (done > 0 ? 1 : 0)})`, background: colour }} />
      </span>
    </>
  );
}

/** Says that a lane's ranks are virtual, where they are. */
export function VirtualChip({ lane: { lane } }: { readonly lane: LaneState }): preact.JSX.Element | null {
  if (!lane.virtual) return null;
  return (
    <span class="chip" title={t('virtual.hint', { count: lane.worldSize })}>
      {t('virtual.short')}
    </span>
  );
}

/** How many ranks are left, where some were lost. */
function RanksChip({ lane }: { readonly lane: LaneState }): preact.JSX.Element | null {
  const left = lane.membershipChanges.value.at(-1)?.worldSize;
  return left === undefined ? null : (
    <span class="chip" title={t('membership.hint')}>
      {t('membership.left', { left: formatCount(left), count: formatCount(lane.lane.worldSize) })}
    </span>
  );
}

/** How 16 bits are done in this lane, and what is in them; nothing for fp32. */
function F16Chip({ lane }: { readonly lane: LaneState }): preact.JSX.Element | null {
  const { page } = usePage();
  const device = page.device.value;
  const { precision } = lane.lane;
  const kind = lane.result.value?.f16 ?? f16KindOf(precision, device.kind === 'ready' ? device.report.f16 : null);
  return kind === null ? null : (
    <span class="chip" title={`${t(`mode.${precision}`)} ${t(`f16.${kind}.hint`)}`}>
      {t(`f16.${kind}.short`)}
    </span>
  );
}
