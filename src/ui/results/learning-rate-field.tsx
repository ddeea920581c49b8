// The learning rate while a run is under way: its value, half and twice as much at a press, anything else with Enter. Every change
// leaves a mark in the chart below.

import { useSignal } from '@preact/signals';
import { programLearningRate, readLearningRate } from '../../state/learning-rate.ts';
import { t } from '../../state/locale.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { formatExact } from '../number-format.ts';
import { usePage } from '../page-context.ts';

/** The field, while there is a run to set it for. */
export function LearningRateField(): preact.JSX.Element | null {
  const { page, verbs } = usePage();
  const { run } = page;
  /** What is being typed; null while the field shows the value in force. */
  const typed = useSignal<string | null>(null);
  if (!run.isActive.value) return null;
  const known = run.learningRate.value ?? programLearningRate(run.input.value?.source ?? '');
  const isInvalid = typed.value !== null && typed.value !== '' && Number.isNaN(readLearningRate(typed.value));

  function apply(text: string): void {
    if (verbs.setLearningRate(text)) typed.value = null;
  }
  const scaled = (factor: number): preact.JSX.Element => (
    <ExplainedButton
      class="icon-button is-text rate-factor"
      label={t(factor < 1 ? 'rate.halve' : 'rate.double')}
      hint={t(factor < 1 ? 'rate.halve' : 'rate.double')}
      reason={known === null ? t('rate.unknownHint') : null}
      onPress={() => {
        if (known !== null) apply(String(known * factor));
      }}
    >
      {factor < 1 ? '÷2' : '×2'}
    </ExplainedButton>
  );

  return (
    <div class={`rate${isInvalid ? ' is-invalid' : ''}`} role="group" aria-label={t('rate.label')}>
      <label for="learning-rate">{t('rate.label')}</label>
      {scaled(0.5)}
      <input
        id="learning-rate"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        size={8}
        value={typed.value ?? (known === null ? '' : formatExact(known))}
        placeholder={t('rate.unknown')}
        title={known === null ? t('rate.unknownHint') : isInvalid ? t('rate.invalid') : t('rate.hint')}
        aria-invalid={isInvalid}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(event.currentTarget.value);
          else if (event.key === 'Escape') typed.value = null;
        }}
      />
      {scaled(2)}
      <span class="visually-hidden" role="status">
        {run.learningRate.value === null ? '' : t('rate.set', { rate: formatExact(run.learningRate.value) })}
      </span>
    </div>
  );
}
