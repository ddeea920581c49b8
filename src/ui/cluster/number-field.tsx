// A number somebody types: it counts as soon as it means something, and what does not is marked and left alone.

import { useSignal } from '@preact/signals';
import { formatExact } from '../number-format.ts';

/** A field for a number; `onCommit` gets only values that pass `isValid`. */
export function NumberField({
  label,
  value,
  isValid,
  onCommit,
}: {
  readonly label: string;
  readonly value: number;
  readonly isValid: (value: number) => boolean;
  readonly onCommit: (value: number) => void;
}): preact.JSX.Element {
  const typed = useSignal<string | null>(null);
  const read = (text: string): number | null => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) && isValid(number) ? number : null;
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      aria-invalid={typed.value !== null && read(typed.value) === null}
      value={typed.value ?? formatExact(value)}
      onInput={(event) => {
        typed.value = event.currentTarget.value;
        const number = read(typed.value);
        if (number !== null) onCommit(number);
      }}
      onBlur={() => {
        typed.value = null;
      }}
    />
  );
}
