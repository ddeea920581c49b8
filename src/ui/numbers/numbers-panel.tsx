// The number inspector: somebody types a number, and sees what fp32, fp16 and bf16 make of it, bit by bit, and what is left of something that is
// added to it. Nothing here is measured or trained; it is the arithmetic of the formats (core/float-formats.ts).

import { useSignal } from '@preact/signals';
import { numbersMessages } from '../../i18n/en/numbers.ts';
import { floatFormats, largestOf, smallestNormalOf, smallestOf, storeAs } from '../../core/float-formats.ts';
import type { FloatFormatName, StoredFloat } from '../../core/float-formats.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import { formatPower, unknownNumber } from '../number-format.ts';
import { readNumber } from './read-number.ts';
import '../styles/numbers.css';

addRoomMessages(numbersMessages);

const names = ['fp32', 'fp16', 'bf16'] as const satisfies readonly FloatFormatName[];

/** Numbers that show something, with what is added. */
const examples: readonly (readonly [value: string, added: string])[] = [
  ['0.1', '0.0001'],
  ['1', '0.0004'],
  ['2048', '1'],
  ['65520', '1'],
  ['6e-8', '0'],
  ['1e-8', '0'],
];

/** The inspector. */
export default function NumbersPanel(): preact.JSX.Element {
  const value = useSignal('0.1');
  const added = useSignal('0.0001');
  return (
    <div class="numbers">
      <div class="numbers-fields">
        <Field label={t('numbers.value')} text={value} />
        <span class="numbers-plus">+</span>
        <Field label={t('numbers.added')} text={added} />
        <span class="numbers-examples">
          {t('numbers.try')}
          {examples.map(([number, more]) => (
            <button
              key={number}
              type="button"
              class="quiet-button"
              onClick={() => {
                value.value = number;
                added.value = more;
              }}
            >
              {more === '0' ? number : `${number} + ${more}`}
            </button>
          ))}
        </span>
      </div>
      <Formats value={readNumber(value.value)} added={readNumber(added.value)} />
      <p class="numbers-how">{t('numbers.how')}</p>
    </div>
  );
}

function Field({ label, text }: { readonly label: string; readonly text: { value: string } }): preact.JSX.Element {
  const isWrong = readNumber(text.value) === null;
  return (
    <label class="numbers-field">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        title={t('numbers.valueHint')}
        aria-invalid={isWrong}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      {isWrong ? <span class="is-bad">{t('numbers.invalid')}</span> : null}
    </label>
  );
}

function Formats({ value, added }: { readonly value: number | null; readonly added: number | null }): preact.JSX.Element {
  return (
    <div class="numbers-scroll" role="region" aria-label={t('tab.numbers')} tabIndex={0}>
      <table class="data-table numbers-table">
        <thead>
          <tr>
            <th scope="col">{t('numbers.format')}</th>
            <th scope="col">{t('numbers.bits')}</th>
            <th scope="col">{t('numbers.stored')}</th>
            <th scope="col">{t('numbers.error')}</th>
            <th scope="col">{t('numbers.spacing')}</th>
            <th scope="col">{t('numbers.sum')}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <FormatRow key={name} name={name} value={value} added={added} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FormatRow({
  name,
  value,
  added,
}: {
  readonly name: FloatFormatName;
  readonly value: number | null;
  readonly added: number | null;
}): preact.JSX.Element {
  const format = floatFormats[name];
  const limits = { largest: write(largestOf(format)), normal: write(smallestNormalOf(format)), smallest: write(smallestOf(format)) };
  const head = (
    <th scope="row" title={t('numbers.range', limits)}>
      {name}
    </th>
  );
  if (value === null) {
    return (
      <tr>
        {head}
        <td colSpan={5}>{unknownNumber}</td>
      </tr>
    );
  }
  const stored = storeAs(Math.fround(value), format);
  return (
    <tr>
      {head}
      <td>
        <Bits stored={stored} />
      </td>
      <td>
        {write(stored.value)} <small>{kindText(stored, value)}</small>
      </td>
      <td>{errorText(stored.value, value)}</td>
      <td>{formatPower(stored.spacing)}</td>
      <td>{added === null ? unknownNumber : <Sum stored={stored} added={storeAs(Math.fround(added), format)} name={name} />}</td>
    </tr>
  );
}

function Bits({ stored: { sign, exponent, fraction } }: { readonly stored: StoredFloat }): preact.JSX.Element {
  return (
    <code class="numbers-bits">
      <span class="is-sign">{sign}</span> <span class="is-exponent">{exponent}</span> <span class="is-fraction">{fraction}</span>
    </code>
  );
}

/** Both in the format, and the sum rounded to it once more, as an addition of the format does. */
function Sum({
  stored,
  added,
  name,
}: {
  readonly stored: StoredFloat;
  readonly added: StoredFloat;
  readonly name: FloatFormatName;
}): preact.JSX.Element {
  const sum = storeAs(stored.value + added.value, floatFormats[name]).value;
  const isLost = added.value !== 0 && sum === stored.value && Number.isFinite(sum);
  return (
    <>
      {write(sum)} {isLost ? <small class="is-bad">{t('numbers.unchanged')}</small> : null}
    </>
  );
}

function kindText({ kind, value: stored }: StoredFloat, value: number): string {
  if (stored === 0 && value !== 0) return t('numbers.lost');
  if (kind === 'infinite' && Number.isFinite(value)) return t('numbers.overflow');
  return t(`numbers.kind.${kind}`);
}

function errorText(stored: number, value: number): string {
  if (Object.is(stored, value) || stored === value) return t('numbers.exact');
  const error = stored - value;
  if (!Number.isFinite(error)) return unknownNumber;
  return `${formatPower(error)} (${t('numbers.relative')} ${formatPower(Math.abs(error / value))})`;
}

/** All the digits that tell it from its neighbours; the sign of a zero, too. */
function write(value: number): string {
  if (Number.isNaN(value)) return unknownNumber;
  return Object.is(value, -0) ? '-0' : String(value).replace('Infinity', '∞').replace('e+', 'e');
}
