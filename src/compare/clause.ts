// A sentence as data: which one, and the numbers in it. The page says it in its own language, the command line in English; how many digits a
// number has depends on what it is, which is why it comes along.

import { mean } from '../core/stats.ts';
import type { FairnessId } from './fairness.ts';

/** What a number is, and so how it is written. */
export type NumberKind =
  | 'count'
  /** 0.951 as 95.10 %. */
  | 'share'
  /** A goal somebody wrote down: only the digits it has. */
  | 'goal'
  /** A difference of shares, 0.013 as 1.3 percentage points. */
  | 'points'
  /** A loss or another free number. */
  | 'number'
  /** All its digits: where two numbers differ in the last. */
  | 'exact'
  /** Something tiny, as a power of ten. */
  | 'power'
  /** How many times as much, with two digits. */
  | 'ratio'
  /** A probability. */
  | 'chance';

/** A number in a sentence. */
export interface Quantity {
  readonly kind: NumberKind;
  readonly value: number;
}

/** Values of several seeds: their mean, and from the least to the most; values that read the same are just that. */
export interface Spread {
  readonly kind: 'spread';
  readonly of: NumberKind;
  readonly values: readonly number[];
}

/** Things with a name of their own in every language. */
export type Names =
  | { readonly kind: 'items'; readonly names: readonly FairnessId[] }
  | { readonly kind: 'metric'; readonly name: 'testAccuracy' | 'testLoss' | 'loss' };

/** What stands in a place of a sentence. A plain text is shown as it is: a lane's label. */
export type Filling = string | Quantity | Spread | Names;

/** A sentence, or a part of one, by its key. */
export interface Said<Key extends string> {
  readonly key: Key;
  readonly params: Readonly<Record<string, Filling>>;
}

/** Writes a sentence down as data. */
export function say<Key extends string>(key: Key, params: Said<Key>['params'] = {}): Said<Key> {
  return { key, params };
}

/** A number with what it is. */
export function quantity(kind: NumberKind, value: number): Quantity {
  return { kind, value };
}

/** How a language writes what stands in a sentence's places. */
export interface Writing {
  readonly number: (quantity: Quantity) => string;
  readonly names: (names: Names) => string;
  readonly spread: (texts: { readonly mean: string; readonly least: string; readonly most: string }) => string;
}

/** The texts for a sentence's places. */
export function fill(params: Said<string>['params'], writing: Writing): Readonly<Record<string, string>> {
  const texts = Object.entries(params).map(([place, filling]) => {
    if (typeof filling === 'string') return [place, filling] as const;
    if (filling.kind === 'spread') return [place, spreadText(filling, writing)] as const;
    return [place, 'value' in filling ? writing.number(filling) : writing.names(filling)] as const;
  });
  return Object.fromEntries(texts);
}

function spreadText({ of, values }: Spread, { number, spread }: Writing): string {
  const text = (value: number): string => number({ kind: of, value });
  const [least, most] = [text(Math.min(...values)), text(Math.max(...values))];
  return least === most ? least : spread({ mean: text(mean(values)), least, most });
}
