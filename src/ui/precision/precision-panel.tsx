// What f16 makes of a lane's numbers: every layer's activations, gradients and weights on f16's number line, with and without the loss scale,
// in the few steps that were counted; and what overflowed, by name. Lanes in fp32 are shown, too: what f16 would make of theirs.

import { precisionMessages } from '../../i18n/en/precision.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import { shownLines } from '../../state/number-lines.ts';
import type { LaneNumbers } from '../../state/number-lines.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { formatCount, formatExact } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { LinesTable } from './lines-table.tsx';
import { OverflowTable } from './overflow-table.tsx';
import '../styles/precision.css';

addRoomMessages(precisionMessages);

const none: LaneNumbers = { lines: [], overflows: [] };

/** The panel. */
export default function PrecisionPanel(): preact.JSX.Element {
  const { page } = usePage();
  const { numberLines, run, focus, theme } = page;
  if (run.declaration.value?.kind === 'program') return <p class="empty">{t('precision.program')}</p>;
  const known = [...numberLines.lanes.value.keys()].sort((a, b) => a - b);
  const pinned = focus.pinned.value;
  const isHalf = (index: number) => run.lanes.value[index]?.lane.precision !== 'fp32';
  const lane = pinned !== null && known.includes(pinned) ? pinned : (known.find(isHalf) ?? known[0] ?? null);
  const numbers = (lane === null ? null : numberLines.lanes.value.get(lane)) ?? none;
  const style = laneStyle(run.lanes.value[lane ?? 0]?.styleIndex ?? 0, theme.theme.value);
  return (
    <div class="precision" style={{ '--lane': style.colour }}>
      <Tools lanes={known} lane={lane} numbers={numbers} />
      {lane === null ? <p class="empty">{t('precision.empty')}</p> : <Lines lane={lane} numbers={numbers} />}
      <OverflowTable overflows={numbers.overflows} />
      <p class="precision-note">{t('precision.note')}</p>
    </div>
  );
}

function Tools(props: {
  readonly lanes: readonly number[];
  readonly lane: number | null;
  readonly numbers: LaneNumbers;
}): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { run, focus, numberLines, charts, theme } = page;
  const { lanes, lane, numbers } = props;
  const shown = shownLines(numbers, numberLines.chosenStep.value);
  const hasScale = run.lanes.value.some(({ series }) => series.steps.metric('lossScale') !== null);
  const hasScalePanel = charts.panels.list.value.some(({ kind }) => kind === 'lossScale');
  void run.revision.value; // a metric may have come
  return (
    <div class="precision-tools">
      {lanes.length < 2 ? null : (
        <span class="precision-lanes" role="group" aria-label={t('precision.lane')}>
          {lanes.map((index) => (
            <button
              key={index}
              type="button"
              class="quiet-button"
              aria-pressed={index === lane}
              style={{ '--lane': laneStyle(run.lanes.value[index]?.styleIndex ?? index, theme.theme.value).colour }}
              onClick={() => {
                focus.pinned.value = index;
              }}
            >
              {run.lanes.value[index]?.lane.label ?? index}
            </button>
          ))}
        </span>
      )}
      {numbers.lines.length < 2 ? null : (
        <label>
          {t('precision.step')}{' '}
          <select
            class="small-select"
            value={shown?.step}
            onChange={(event) => {
              const step = Number(event.currentTarget.value);
              numberLines.chosenStep.value = step === numbers.lines.at(-1)?.step ? null : step;
            }}
          >
            {numbers.lines.map(({ step }) => (
              <option key={step} value={step}>
                {formatCount(step)}
              </option>
            ))}
          </select>
        </label>
      )}
      <button
        type="button"
        class="quiet-button"
        disabled={!run.isActive.value}
        title={t('precision.countHint')}
        onClick={() => verbs.countNumbers(1)}
      >
        {t('precision.count')}
      </button>
      {hasScale && !hasScalePanel ? (
        <button type="button" class="quiet-button" onClick={() => charts.panels.add('lossScale')}>
          {t('precision.scaleChart')}
        </button>
      ) : null}
    </div>
  );
}

function Lines({ lane, numbers }: { readonly lane: number; readonly numbers: LaneNumbers }): preact.JSX.Element {
  const { page } = usePage();
  const state = page.run.lanes.value[lane];
  const shown = shownLines(numbers, page.numberLines.chosenStep.value);
  if (shown === null) return <p class="empty">{t('precision.empty')}</p>;
  const words = { lane: state?.lane.label ?? '', step: formatCount(shown.step) };
  const isAnyF16 = shown.tensors.some(({ isF16 }) => isF16);
  return (
    <>
      <h3 class="precision-heading">
        {shown.lossScale === null
          ? t('precision.heading', words)
          : t('precision.headingScaled', { ...words, scale: formatScale(shown.lossScale) })}{' '}
        {isAnyF16 ? null : t('precision.would')}
      </h3>
      <LinesTable lines={shown} />
    </>
  );
}

/** Mostly a power of two. */
function formatScale(scale: number): string {
  return Number.isInteger(scale) && scale < 1e12 ? formatCount(scale) : formatExact(scale);
}
