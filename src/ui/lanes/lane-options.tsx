// The options of a data-parallel lane as fields: how ranks exchange what they know, what a batch is, what breaks, and what is broken on
// purpose. A field that stands at its default leaves its option out of the text.

import type { PlainKey } from '../../i18n/messages-en.ts';
import { isVirtual, lossScaleOf, optionTexts, withOption, withVirtual, withWord, wordOf } from '../../state/lane-draft.ts';
import type { LaneDraft } from '../../state/lane-draft.ts';
import { t } from '../../state/locale.ts';
import { breakers } from '../../train/breakers.ts';
import { largestVirtualWorldSize } from '../../train/lane.ts';
import { allReduceNames, lrScalings } from '../../train/lane-options.ts';

export interface LaneOptionsProps {
  readonly id: string;
  readonly draft: LaneDraft;
  readonly edit: (change: Partial<LaneDraft>) => void;
  /** The field that does not hold what it should; null where all do. */
  readonly badField: string | null;
  readonly problemId: string;
}

/** The options of one lane. */
export function LaneOptions(props: LaneOptionsProps): preact.JSX.Element {
  const { id, draft, edit } = props;
  return (
    <div class="lane-options" id={id}>
      <fieldset>
        <legend>{t('laneOptions.exchange')}</legend>
        <Field name="allReduce">
          <select
            class="small-select"
            aria-label={t('laneOptions.allReduce')}
            value={wordOf(draft, allReduceNames) ?? 'direct'}
            onChange={({ currentTarget: { value } }) => edit(withWord(draft, allReduceNames, value === 'direct' ? null : value))}
          >
            {allReduceNames.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </Field>
        <WireField {...props} />
        <TextField {...props} name="bucketBytes" option="bucket" absent="25MB" />
        <TextField {...props} name="sync" option="local" absent="1" />
        <Switch
          label={t('lanes.virtual')}
          hint={t('lanes.virtualHint', { most: largestVirtualWorldSize })}
          isOn={isVirtual(draft)}
          onChange={(isOn) => edit(withVirtual(draft, isOn))}
        />
      </fieldset>
      <fieldset>
        <legend>{t('laneOptions.batch')}</legend>
        <TextField {...props} name="gradAccumSteps" option="accum" absent="1" />
        <TextField {...props} name="globalBatch" option="batch" absent="–" />
        <ChoiceField {...props} name="lrScaling" option="lrScaling" choices={lrScalings} />
        <TextField {...props} name="warmupSteps" option="warmup" absent="–" />
        <TextField {...props} name="clipNorm" option="clip" absent="–" />
        <ChoiceField {...props} name="batchNorm" option="batchNorm" choices={['local', 'sync']} />
      </fieldset>
      {lossScaleOf(draft) === 'dynamic' ? (
        <fieldset>
          <legend>{t('laneOptions.scale')}</legend>
          <TextField {...props} name="initScale" option="initScale" absent="65536" />
          <TextField {...props} name="growthInterval" option="growthInterval" absent="2000" />
        </fieldset>
      ) : null}
      <fieldset>
        <legend>{t('laneOptions.faults')}</legend>
        <FaultField {...props} kind="delay" unit="ms" />
        <FaultField {...props} kind="kill" unit="" />
        <Switch
          label={t('laneOptions.elastic')}
          hint={t('laneOptions.elasticHint')}
          isOn={wordOf(draft, ['elastic']) !== null}
          onChange={(isOn) => edit(withWord(draft, ['elastic'], isOn ? 'elastic' : null))}
        />
      </fieldset>
      <fieldset>
        <legend>{t('laneOptions.chance')}</legend>
        <TextField {...props} name="repeat" option="repeat" absent="1" />
      </fieldset>
      <fieldset class="lane-breakers">
        <legend>{t('laneOptions.break')}</legend>
        {breakers.map((name) => {
          const broken = optionTexts(draft, 'break');
          return (
            <Switch
              key={name}
              label={t(`breaker.${name}`)}
              hint={t(`breaker.${name}.hint`)}
              isOn={broken.includes(name)}
              onChange={(isOn) => edit(withOption(draft, 'break', isOn ? [...broken, name] : broken.filter((other) => other !== name)))}
            />
          );
        })}
        <Switch
          label={t('breaker.no-lr-scaling')}
          hint={t('breaker.no-lr-scaling.hint')}
          isOn={optionTexts(draft, 'lrScaling')[0] === 'none'}
          onChange={(isOn) => edit(withOption(draft, 'lrScaling', isOn ? ['none'] : []))}
        />
      </fieldset>
    </div>
  );
}

type FieldName =
  | 'allReduce'
  | 'wire'
  | 'bucketBytes'
  | 'sync'
  | 'gradAccumSteps'
  | 'globalBatch'
  | 'lrScaling'
  | 'warmupSteps'
  | 'clipNorm'
  | 'batchNorm'
  | 'initScale'
  | 'growthInterval'
  | 'repeat';

function Field({ name, children }: { readonly name: FieldName; readonly children: preact.ComponentChildren }): preact.JSX.Element {
  return (
    <label class="lane-option" title={t(`laneOptions.${name}Hint`)}>
      <span>{t(`laneOptions.${name}`)}</span>
      {children}
    </label>
  );
}

function markOf({ badField, problemId }: LaneOptionsProps, name: string) {
  return badField?.startsWith(name) === true ? ({ 'aria-invalid': true, 'aria-describedby': problemId } as const) : {};
}

type OptionFieldProps = LaneOptionsProps & { readonly name: FieldName; readonly option: string };

/** A text; empty or `absent` leaves the option out. */
function TextField({ absent, ...props }: OptionFieldProps & { readonly absent: string }): preact.JSX.Element {
  const { draft, edit, name, option } = props;
  return (
    <Field name={name}>
      <input
        type="text"
        class="small-input"
        autocomplete="off"
        value={optionTexts(draft, option)[0] ?? ''}
        placeholder={absent}
        {...markOf(props, name)}
        onInput={({ currentTarget: { value } }) => edit(withOption(draft, option, value.trim() === '' ? [] : [value.trim()]))}
      />
    </Field>
  );
}

/** One of some names, the first where the option is left out. */
function ChoiceField({ choices, ...props }: OptionFieldProps & { readonly choices: readonly string[] }): preact.JSX.Element {
  const { draft, edit, name, option } = props;
  const [absent = ''] = choices;
  return (
    <Field name={name}>
      <select
        class="small-select"
        value={optionTexts(draft, option)[0] ?? absent}
        {...markOf(props, name)}
        onChange={({ currentTarget: { value } }) => edit(withOption(draft, option, value === absent ? [] : [value]))}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </Field>
  );
}

const firstShare = '0.01';

/** A format, and for `topk` the share that is sent. */
function WireField(props: LaneOptionsProps): preact.JSX.Element {
  const { draft, edit } = props;
  const [wire = 'fp32'] = optionTexts(draft, 'wire');
  const [kind = '', share = null] = wire.split(':');
  const set = (text: string): void => edit(withOption(draft, 'wire', text === 'fp32' ? [] : [text]));
  return (
    <Field name="wire">
      <select
        class="small-select"
        aria-label={t('laneOptions.wire')}
        value={kind}
        {...markOf(props, 'wire')}
        onChange={({ currentTarget: { value } }) => set(value === 'topk' ? `topk:${firstShare}` : value)}
      >
        {['fp32', 'fp16', 'int8', 'topk'].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      {share === null ? null : (
        <input
          type="text"
          class="small-input"
          inputMode="decimal"
          autocomplete="off"
          aria-label={t('laneOptions.wireShare')}
          value={share}
          {...markOf(props, 'wire')}
          onInput={({ currentTarget: { value } }) => set(`topk:${value.trim()}`)}
        />
      )}
    </Field>
  );
}

/** One fault of a kind: a rank, and by how much it is late or when it dies. Further ones can be typed in the text. */
function FaultField({ kind, unit, ...props }: LaneOptionsProps & { readonly kind: 'delay' | 'kill'; readonly unit: string }) {
  const { draft, edit } = props;
  const faults = optionTexts(draft, 'fault');
  const own = faults.find((text) => text.startsWith(`${kind}:`));
  const [rank = '', amount = ''] =
    own
      ?.slice(kind.length + 1)
      .replace(/ms$/u, '')
      .split('@') ?? [];
  const set = (nextRank: string, nextAmount: string): void => {
    const text = nextRank === '' && nextAmount === '' ? [] : [`${kind}:${nextRank}@${nextAmount}${unit}`];
    edit(
      withOption(draft, 'fault', own === undefined ? [...faults, ...text] : faults.flatMap((fault) => (fault === own ? text : [fault]))),
    );
  };
  const field = (label: PlainKey, value: string, onInput: (text: string) => void): preact.JSX.Element => (
    <input
      type="text"
      class="small-input"
      inputMode="numeric"
      autocomplete="off"
      aria-label={t(label)}
      placeholder={t(label)}
      value={value}
      {...markOf(props, 'faults')}
      onInput={({ currentTarget }) => onInput(currentTarget.value.trim())}
    />
  );
  return (
    <div class="lane-option" title={t(`laneOptions.${kind}Hint`)}>
      <span>{t(`laneOptions.${kind}`)}</span>
      {field('laneOptions.rank', rank, (text) => set(text, amount))}
      {field(kind === 'delay' ? 'laneOptions.delayMs' : 'laneOptions.killStep', amount, (text) => set(rank, text))}
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Switch({ label, hint, isOn, onChange }: SwitchProps): preact.JSX.Element {
  return (
    <label class="lane-switch">
      <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      <span>
        {label}
        <small>{hint}</small>
      </span>
    </label>
  );
}
