// Reading a case's input. A field of the wrong type is a case that cannot be computed: an error that names the field.

import type { Fields } from './reference-case.ts';

/** A number; `fallback` where the field is absent. Throws where it is something else, or absent without a fallback. */
export function numberOf(input: Fields, name: string, fallback?: number): number {
  const value = input[name] ?? fallback;
  if (typeof value === 'number') return value;
  throw wrong(name, 'a number', value);
}

/** A whole number of at least `smallest`. */
export function countOf(input: Fields, name: string, smallest = 0): number {
  const value = numberOf(input, name);
  if (Number.isSafeInteger(value) && value >= smallest) return value;
  throw wrong(name, `a whole number from ${smallest}`, value);
}

/** A list of numbers. */
export function numbersOf(input: Fields, name: string): readonly number[] {
  return asNumbers(input[name], name);
}

/** A list of lists of numbers, by row; a list of numbers is a column, a number one row of one. */
export function rowsOf(input: Fields, name: string): readonly (readonly number[])[] {
  const value = input[name];
  if (typeof value === 'number') return [[value]];
  if (!Array.isArray(value)) throw wrong(name, 'a list', value);
  return value.map((row: unknown, index) => (typeof row === 'number' ? [row] : asNumbers(row, `${name}[${index}]`)));
}

/** A text in lower case; empty where absent. */
export function textOf(input: Fields, name: string): string {
  const value = input[name] ?? '';
  if (typeof value === 'string') return value.toLowerCase();
  throw wrong(name, 'a text', value);
}

function asNumbers(value: unknown, name: string): readonly number[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return value;
  throw wrong(name, 'a list of numbers', value);
}

function wrong(name: string, expected: string, got: unknown): Error {
  return new Error(`input.${name}: expected ${expected}, got ${JSON.stringify(got) ?? 'nothing'}.`);
}
