// The verdict in a terminal: a sentence per lane, then whether the comparison was fair and what was not, in English.

import { fill } from '../compare/clause.ts';
import type { Names, Quantity, Said, Writing } from '../compare/clause.ts';
import { summaryOf } from '../compare/fairness.ts';
import type { FairnessItem } from '../compare/fairness.ts';
import { judgeRun } from '../compare/verdict.ts';
import type { LaneVerdict, Mark } from '../compare/verdict.ts';
import { formatMessage } from '../i18n/format-message.ts';
import { verdictMessages } from '../i18n/en/verdict.ts';
import type { RunResults } from '../runner/results.ts';
import { shortNumber } from './number-text.ts';

const marks: Readonly<Record<Mark, string>> = { baseline: ' ', same: '✓', differs: '≠', unfair: '!', open: '–' };

/** Lines on every lane but the baseline; none for a run of one lane. */
export function formatVerdict(results: RunResults): readonly string[] {
  const { lanes, fairness } = judgeRun(results);
  if (fairness === null) return [];
  return [...lanes.filter(({ mark }) => mark !== 'baseline').map(laneLine), ...fairnessLines(fairness)];
}

/** A sentence, its places filled. `room` is the part of the messages it belongs to. */
export function english<Room extends string, Key extends string>(
  room: Room,
  { key, params }: Said<Key> & (`${Room}.${Key}` extends keyof typeof verdictMessages ? unknown : never),
): string {
  const messages: Readonly<Record<string, string>> = verdictMessages; // the type above has looked the key up
  return formatMessage(messages[`${room}.${key}`] ?? '', fill(params, writing));
}

function laneLine({ name, mark, clauses }: LaneVerdict): string {
  return `${marks[mark]} ${name} ${clauses.map((clause) => english('verdict', clause)).join(verdictMessages['verdict.between'])}.`;
}

function fairnessLines(items: readonly FairnessItem[]): readonly string[] {
  const { key, ...counts } = summaryOf(items);
  const details = items.flatMap(({ id, findings }) =>
    findings
      .filter(({ status }) => status === 'differs')
      .map((finding) => `  ${verdictMessages[`fair.${id}`]}: ${english('fair', finding)}`),
  );
  return [formatMessage(verdictMessages[`fair.${key}`], counts), ...details];
}

const writing: Writing = {
  number: numberText,
  names: namesText,
  spread: (texts) => formatMessage(verdictMessages['verdict.spread'], texts),
};

/** Smaller shares are written as powers of ten. */
const leastPlain = 1e-3;

function numberText({ kind, value }: Quantity): string {
  switch (kind) {
    case 'count':
      return value.toLocaleString('en');
    case 'share':
      return `${(value * 100).toFixed(2)} %`;
    case 'goal':
      return `${Number((value * 100).toFixed(2))} %`;
    case 'points':
      return (value * 100).toPrecision(2);
    case 'number':
      return shortNumber(value);
    case 'exact':
      return String(value);
    case 'power':
      return value < leastPlain ? value.toExponential(1) : twoDigits(value);
    case 'ratio':
    case 'chance':
      return twoDigits(value);
  }
}

const twoDigits = (value: number): string => String(Number(value.toPrecision(2)));

function namesText(names: Names): string {
  if (names.kind === 'metric') return verdictMessages[`metricWord.${names.name}`];
  return names.names.map((id) => verdictMessages[`fair.${id}.short`]).join(verdictMessages['verdict.listed']);
}
