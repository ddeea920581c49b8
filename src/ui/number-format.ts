// Numbers as the page writes them: in the reader's locale, with as many digits as mean something, and an en dash for what is not
// known. Units are part of the text where a column mixes them, and in the column's heading where it does not.

import { locale } from '../state/locale.ts';

/** What stands where a number is not known. */
export const unknownNumber = '–';

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = locale.value + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.NumberFormat(locale.value, options);
  formats.set(key, known);
  return known.format(value);
}

/** A whole number with separators. */
export function formatCount(value: number | null): string {
  return value === null ? unknownNumber : format(value, { maximumFractionDigits: 0 });
}

/** A loss or another free number: four significant digits, powers of ten where it is tiny or huge. */
export function formatLoss(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return unknownNumber;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return formatPower(value);
  return format(value, { minimumSignificantDigits: 4, maximumSignificantDigits: 4 });
}

/** `3.1e-7`: two significant digits with a power of ten; `0` for zero. */
export function formatPower(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return unknownNumber;
  return value === 0 ? '0' : value.toExponential(1).replace('e+', 'e');
}

/** A number somebody chose, with the digits it has: `0.001`, `3e-7`. */
export function formatExact(value: number): string {
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(6));
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? rounded.toExponential().replace('e+', 'e') : String(rounded);
}

/** A share as a percentage with two decimals. */
export function formatShare(value: number | null): string {
  return value === null || !Number.isFinite(value)
    ? unknownNumber
    : format(value, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A difference of two shares, in hundredths, two decimals; the unit is the caller's to say. */
export function formatPoints(value: number): string {
  return format(value * 100, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A share somebody wrote down, such as a goal: only the digits it has. */
export function formatGoal(value: number): string {
  return format(value, { style: 'percent', maximumFractionDigits: 2 });
}

/** A rate or a time in three significant digits, whole numbers from 1000 on. */
export function formatRate(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return unknownNumber;
  return format(
    value,
    Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { minimumSignificantDigits: 3, maximumSignificantDigits: 3 },
  );
}

/** A ratio or a probability in two significant digits. */
export function formatRatio(value: number): string {
  return format(value, { maximumSignificantDigits: 2 });
}

/** Bytes as kB, MB or GB (powers of 1000), three significant digits. */
export function formatBytes(value: number | null): string {
  if (value === null) return unknownNumber;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 ? formatCount(value) : formatRate(scaled)} ${units[power] ?? ''}`;
}

/** Milliseconds as `0:07`, `12:34` or `1:02:03`. */
export function formatClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A duration in seconds, such as `3.21 s`. */
export function formatSeconds(milliseconds: number | null): string {
  return milliseconds === null ? unknownNumber : `${formatRate(milliseconds / 1000)} s`;
}
