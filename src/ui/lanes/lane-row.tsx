// One lane as fields: ranks, precision, loss scale, label, and what can be done with it as a whole.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { isPrecision, precisions } from '../../core/precision/precision-modes.ts';
import { isVirtual, lossScaleOf, modeOf, withLossScale, withPrecision } from '../../state/lane-draft.ts';
import type { LaneDraft } from '../../state/lane-draft.ts';
import { t } from '../../state/locale.ts';
import { largestVirtualWorldSize, largestWorldSize } from '../../train/lane.ts';
import { laneOptions } from '../../train/lane-options.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { MinusIcon, PlusIcon } from '../icons.tsx';
import { LaneGrip } from './lane-grip.tsx';
import { LaneOptions } from './lane-options.tsx';
import { LaneRowButtons } from './lane-row-buttons.tsx';
import { usePage } from '../page-context.ts';
import { laneRowId } from '../page-verbs.ts';
import { Swatch } from './swatch.tsx';

/** What a row is drawn from. */
export interface LaneRowProps {
  readonly index: number;
  readonly draft: LaneDraft;
  /** How many lanes there are. */
  readonly count: number;
  /** The place of the lane that is being dragged; null while none is. */
  readonly dragged: Signal<number | null>;
  /** The field that does not hold what it should; null where all do. */
  readonly badField: string | null;
  /** The element that says what is wrong. */
  readonly problemId: string;
  readonly onRemoved: () => void;
}

/** The loss scale a fixed factor starts from; torch's own first value. */
const firstFixedScale = '65536';

/** The fields of one lane. */
export function LaneRow({ index, draft, count, dragged, badField, problemId, onRemoved }: LaneRowProps): preact.JSX.Element {
  const { page } = usePage();
  const { laneList } = page;
  const edit = (change: Partial<LaneDraft>): void => laneList.edit(index, change);
  const mark = (field: string) => (badField === field ? ({ 'aria-invalid': true, 'aria-describedby': problemId } as const) : {});
  const label = laneList.lanes.value?.[index]?.label ?? null;
  const lane = label ?? String(index + 1);
  const optionsId = `lane-options-${index}`;
  // Open where something is wrong in there.
  const isOpen = useSignal(badField !== null && Object.hasOwn(laneOptions, badField.split(/[.[]/u)[0] ?? '') && badField !== 'lossScale');
  return (
    <li class={`lane-row${dragged.value === index ? ' is-dragged' : ''}`}>
      {count === 1 ? <Swatch index={index} /> : <LaneGrip index={index} dragged={dragged} />}
      <RanksStepper
        index={index}
        value={draft.worldSize}
        areVirtual={isVirtual(draft)}
        onChange={(worldSize) => edit({ worldSize })}
        mark={mark('worldSize')}
      />
      <div>
        <select
          class="small-select"
          aria-label={t('lanes.precision')}
          value={draft.precision}
          {...mark('precision')}
          {...(isPrecision(draft.precision) ? { title: t(`mode.${draft.precision}`) } : {})}
          onChange={({ currentTarget: { value } }) => edit(withPrecision(draft, value))}
        >
          {precisions.map((name) => (
            <option key={name}>{name}</option>
          ))}
          {isPrecision(draft.precision) ? null : <option>{draft.precision}</option>}
        </select>
      </div>
      <div class="lane-second">
        <ScaleFields draft={draft} edit={edit} mark={mark('lossScale')} />
        <input
          type="text"
          class="small-input lane-name"
          aria-label={t('lanes.name')}
          value={draft.label}
          placeholder={label ?? t('lanes.name')}
          {...mark('label')}
          onInput={(event) => edit({ label: event.currentTarget.value })}
        />
      </div>
      <LaneRowButtons index={index} count={count} lane={lane} isOpen={isOpen} optionsId={optionsId} onRemoved={onRemoved} />
      {isOpen.value ? <LaneOptions id={optionsId} draft={draft} edit={edit} badField={badField} problemId={problemId} /> : null}
    </li>
  );
}

interface RanksStepperProps {
  readonly index: number;
  readonly value: string;
  readonly areVirtual: boolean;
  readonly onChange: (value: string) => void;
  readonly mark: Readonly<Record<string, string | boolean>>;
}

function RanksStepper({ index, value, areVirtual, onChange, mark }: RanksStepperProps): preact.JSX.Element {
  const ranks = /^\d+$/u.test(value) ? Number(value) : NaN;
  const most = areVirtual ? largestVirtualWorldSize : largestWorldSize;
  const hint = t(areVirtual ? 'lanes.virtualRanksHint' : 'lanes.ranksHint', { most });
  const by = (change: number): void => {
    const next = Number.isNaN(ranks) ? 1 : ranks + change;
    onChange(String(Math.min(most, Math.max(1, next))));
  };
  return (
    <span class="stepper">
      <ExplainedButton label={t('lanes.fewer')} hint={t('lanes.fewer')} reason={ranks <= 1 ? hint : null} onPress={() => by(-1)}>
        <MinusIcon />
      </ExplainedButton>
      <input
        id={laneRowId(index)}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        class="small-input"
        aria-label={t('lanes.ranks')}
        title={hint}
        value={value}
        {...mark}
        onInput={(event) => onChange(event.currentTarget.value.trim())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          by(event.key === 'ArrowUp' ? 1 : -1);
        }}
      />
      <ExplainedButton label={t('lanes.more')} hint={t('lanes.more')} reason={ranks >= most ? hint : null} onPress={() => by(1)}>
        <PlusIcon />
      </ExplainedButton>
    </span>
  );
}

interface ScaleFieldsProps {
  readonly draft: LaneDraft;
  readonly edit: (change: Partial<LaneDraft>) => void;
  readonly mark: Readonly<Record<string, string | boolean>>;
}

/** How the loss is scaled; a factor of its own where it is fixed. */
function ScaleFields({ draft, edit, mark }: ScaleFieldsProps): preact.JSX.Element {
  if (modeOf(draft).format === 'fp32' && draft.lossScale === null) {
    return (
      <span class="lane-no-scale" title={t('lanes.scaleNotNeeded')}>
        –
      </span>
    );
  }
  const scale = lossScaleOf(draft);
  const kind = scale === 'dynamic' || scale === 'off' ? scale : 'fixed';
  const absent = lossScaleOf({ ...draft, lossScale: null });
  return (
    <span class="scale-fields">
      <span class="lane-field-name" aria-hidden="true">
        {t('lanes.scale')}
      </span>
      <select
        class="small-select"
        aria-label={t('lanes.scale')}
        value={kind}
        {...(kind === 'fixed' ? {} : mark)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const next = value === 'fixed' ? firstFixedScale : value;
          edit(withLossScale(draft, next === absent ? null : next, value === 'dynamic'));
        }}
      >
        {(['dynamic', 'off', 'fixed'] as const).map((name) => (
          <option key={name} value={name}>
            {t(`lanes.scale.${name}`)}
          </option>
        ))}
      </select>
      {kind === 'fixed' ? (
        <input
          type="text"
          inputMode="decimal"
          class="small-input"
          aria-label={t('lanes.scaleFactor')}
          value={scale}
          {...mark}
          onInput={(event) => edit({ lossScale: event.currentTarget.value.trim() })}
        />
      ) : null}
    </span>
  );
}
