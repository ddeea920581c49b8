// Whether what was computed is what was expected. Numbers may differ by the case's absolute tolerance, and by two units in the last place of
// a double, because `2·(n−1)/n·bytes` and `total/n` are the same number and not always the same double; whole numbers below 2⁵⁰ must then
// still be equal. Infinity and NaN are texts in JSON.

import type { Fields } from './reference-case.ts';

/** Fields of `expected` that explain and are not computed. */
const remarks: ReadonlySet<string> = new Set(['note', 'notes']);

/** Names in `expected` that were not computed at all. */
export function missingFields(expected: Fields, got: Fields): readonly string[] {
  return Object.keys(expected).filter((name) => !remarks.has(name) && got[name] === undefined);
}

/** The first difference as a sentence without its end; null where there is none. */
export function firstDifference(expected: Fields, got: Fields, tolerance: number): string | null {
  for (const [name, value] of Object.entries(expected)) {
    if (remarks.has(name)) continue;
    const difference = differenceOf(value, flattenedLike(value, got[name]), tolerance, name);
    if (difference !== null) return difference;
  }
  return null;
}

function differenceOf(expected: unknown, got: unknown, tolerance: number, place: string): string | null {
  const number = asNumber(expected);
  if (number !== null) return differenceOfNumbers(number, asNumber(got), got, tolerance, place);
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return `${place}: expected a list, got ${show(got)}`;
    if (got.length !== expected.length) return `${place}: expected ${expected.length} entries, got ${got.length}`;
    for (const [index, value] of expected.entries()) {
      const difference = differenceOf(value, got[index], tolerance, `${place}[${index}]`);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(expected, got) ? null : `${place}: expected ${show(expected)}, got ${show(got)}`;
}

function differenceOfNumbers(expected: number, got: number | null, raw: unknown, tolerance: number, place: string): string | null {
  if (got === null) return `${place}: expected ${expected}, got ${show(raw)}`;
  if (Object.is(expected, got) || expected === got) return null;
  const difference = Math.abs(got - expected);
  if (Number.isFinite(expected) && difference <= tolerance + 2 * Number.EPSILON * Math.abs(expected)) return null;
  return `${place}: expected ${expected}, got ${got}, ${difference.toPrecision(3)} apart where ${tolerance} is allowed`;
}

/** A matrix may be written down row after row, and one value alone without its list. */
function flattenedLike(expected: unknown, got: unknown): unknown {
  if (!Array.isArray(got)) return got;
  const flat: unknown[] = got.flat(Number.POSITIVE_INFINITY);
  if (Array.isArray(expected)) return expected.length > 0 && expected.every((value) => asNumber(value) !== null) ? flat : got;
  return flat.length === 1 ? flat[0] : got;
}

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return value === 'Infinity' || value === '-Infinity' || value === 'NaN' ? Number(value) : null;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
