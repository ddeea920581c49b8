// Checks of values that come from outside, as small parts that are put together in the shape of a type: an object whose fields are
// described one by one cannot leave one out, because the type system asks for each. A value is copied as it is checked, so that what is
// not described does not come in.

import { isRecord } from '../../core/is-record.ts';

/** A value that is not what a place needs. */
export class ShapeError extends Error {
  /** Such as `run.result.steps`. */
  readonly place: string;
  readonly expected: string;

  constructor(place: string, expected: string) {
    super(`${place}: expected ${expected}.`);
    this.name = 'ShapeError';
    this.place = place;
    this.expected = expected;
  }
}

/** Checks a value and returns it; throws a ShapeError that names `place`. */
export type Shape<T> = (value: unknown, place: string) => T;

function fail(place: string, expected: string): never {
  throw new ShapeError(place, expected);
}

/** A text. */
export const text: Shape<string> = (value, place) => (typeof value === 'string' ? value : fail(place, 'a text'));
/** True or false. */
export const flag: Shape<boolean> = (value, place) => (typeof value === 'boolean' ? value : fail(place, 'true or false'));
/** A number; JSON has no others than finite ones. */
export const number: Shape<number> = (value, place) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(place, 'a number');
/** A whole number from 0. */
export const count: Shape<number> = (value, place) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fail(place, 'a whole number from 0');
/** A date and time that a calendar has. */
export const date: Shape<string> = (value, place) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : fail(place, 'a date');

/** One of a few values. */
export function oneOf<const Value extends string | number>(values: readonly Value[]): Shape<Value> {
  return (value, place) => values.find((one) => one === value) ?? fail(place, `one of ${values.join(', ')}`);
}

/** That, or null. */
export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null ? null : shape(value, place));
}

/** Either of two. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value, place) => {
    try {
      return first(value, place);
    } catch (thrown) {
      if (!(thrown instanceof ShapeError)) throw thrown;
      return second(value, place);
    }
  };
}

/** A list of such values. */
export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, place) => (Array.isArray(value) ? value.map((one, at) => shape(one, `${place}[${at}]`)) : fail(place, 'a list'));
}

/** An object with keys of any name. */
export function recordOf<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, place) => {
    if (!isRecord(value) || Array.isArray(value)) return fail(place, 'an object');
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one, `${place}.${key}`)]));
  };
}

/** An object with these fields. */
export function object<T extends object>(fields: { readonly [Key in keyof T]-?: Shape<T[Key]> }): Shape<T> {
  return (value, place) => {
    if (!isRecord(value) || Array.isArray(value)) return fail(place, 'an object');
    const entries = Object.entries<Shape<unknown>>(fields).map(([key, shape]) => [
      key,
      shape(Object.hasOwn(value, key) ? value[key] : undefined, `${place}.${key}`),
    ]);
    return Object.fromEntries(entries) as T; // every field of T was checked by its own shape
  };
}
