// What a program of the gallery says about itself beside its code: a card (the question it answers, what most people would say, where to
// look) and claims, sentences that are judged against the results of every run. Both are exports of the program's own file. The card is
// plain data, so that the page can show it before anything has run; claims are functions and are called inside the sandbox only.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { ClaimResults } from './claim-results.ts';

/** A text in both languages of the page. */
export interface LocalText {
  readonly en: string;
  readonly zh: string;
}

/** The shelves of the gallery, in the order in which they stand. */
export const cardGroups = ['start', 'data-parallel', 'communication', 'faults', 'precision', 'find-the-bug'] as const;
export type CardGroup = (typeof cardGroups)[number];

/** What a run costs on two cores with a software adapter: up to 20 seconds, up to 60, or more. */
export const cardTiers = ['quick', 'short', 'long'] as const;
export type CardTier = (typeof cardTiers)[number];

/** `export const card = { … }`: literals only. */
export interface Card {
  /** The file's name without its ending. */
  readonly id: string;
  readonly group: CardGroup;
  /** Estimated seconds of a run on two cores with a software adapter. */
  readonly seconds: number;
  readonly tier: CardTier;
  readonly title: LocalText;
  readonly question: LocalText;
  /** What most people answer. */
  readonly usualAnswer: LocalText;
  /** What the experiment shows, in a sentence. */
  readonly claim: LocalText;
  /** Where to look in the results. */
  readonly lookAt: LocalText;
  /** What the usual answer gets wrong, or what this experiment does not show; told on demand. */
  readonly misconception: LocalText;
}

/** One of `export const claims = [ … ]`. */
export interface Claim {
  readonly text: LocalText;
  /** Whether it held in this run; null where this run cannot tell (see `withLanes`). */
  readonly holds: (results: ClaimResults) => boolean | null;
}

const textFields = ['title', 'question', 'usualAnswer', 'claim', 'lookAt', 'misconception'] as const;
const longestText = 2000;
const mostClaims = 20;
const mostSeconds = 3600;

/** Checks a card. Throws `config-invalid`, naming the field. */
export function parseCard(value: unknown): Card {
  if (!isRecord(value)) throw invalid('card', 'an object { id, group, seconds, tier, title, … }', value);
  const known: readonly string[] = ['id', 'group', 'seconds', 'tier', ...textFields];
  const unknownField = Object.keys(value).find((key) => !known.includes(key));
  if (unknownField !== undefined) throw invalid(`card.${unknownField}`, `one of the fields ${known.join(', ')}`, value[unknownField]);
  const { id, seconds } = value;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(id)) throw invalid('card.id', 'small letters, digits and hyphens', id);
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= mostSeconds))
    throw invalid('card.seconds', `a number up to ${mostSeconds}`, seconds);
  const texts = textFields.map((field) => [field, parseText(value[field], `card.${field}`)] as const);
  return {
    id,
    group: oneOf(cardGroups, value['group'], 'card.group'),
    seconds,
    tier: oneOf(cardTiers, value['tier'], 'card.tier'),
    ...(Object.fromEntries(texts) as Record<(typeof textFields)[number], LocalText>), // one entry for each of them
  };
}

/** Checks a list of claims. Throws `config-invalid`, naming the entry. */
export function parseClaims(value: unknown): readonly Claim[] {
  if (!Array.isArray(value) || value.length > mostClaims) throw invalid('claims', `a list of at most ${mostClaims}`, value);
  return (value as readonly unknown[]).map((claim, index) => {
    const place = `claims[${index}]`;
    if (!isRecord(claim)) throw invalid(place, 'an object { text: { en, zh }, holds: (results) => … }', claim);
    const { holds } = claim;
    if (typeof holds !== 'function') throw invalid(`${place}.holds`, 'a function (results) => true, false or null', holds);
    return { text: parseText(claim['text'], `${place}.text`), holds: holds as Claim['holds'] }; // what it returns is checked when it does
  });
}

/** Each claim's verdict on a run; all null where it took another number of steps than declared, which the claims are not about. */
export function judgeClaims(claims: readonly Claim[], results: ClaimResults, steps: number | null): readonly (boolean | null)[] {
  return claims.map(({ holds }) => (results.manifest.steps === steps ? holds(results) : null));
}

/** Checks a text. Throws `config-invalid`. */
export function parseText(value: unknown, place: string): LocalText {
  if (!isRecord(value)) throw invalid(place, 'a text in both languages, { en, zh }', value);
  const { en, zh } = value;
  if (!isText(en)) throw invalid(`${place}.en`, `a text of up to ${longestText} characters`, en);
  if (!isText(zh)) throw invalid(`${place}.zh`, `a text of up to ${longestText} characters`, zh);
  return { en, zh };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longestText;
}

function oneOf<Name extends string>(names: readonly Name[], value: unknown, place: string): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw invalid(place, `one of ${names.join(', ')}`, value);
  return found;
}

function invalid(place: string, expectation: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: expected ${expectation}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
