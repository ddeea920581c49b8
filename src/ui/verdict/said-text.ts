// A sentence that `compare` made, in the page's language, its numbers with as many digits as they mean.

import { fill } from '../../compare/clause.ts';
import type { Names, Quantity, Said } from '../../compare/clause.ts';
import type { FindingKey } from '../../compare/fairness.ts';
import type { ClauseKey } from '../../compare/verdict.ts';
import type { VerifyKey } from '../../compare/verify.ts';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { verdictMessages } from '../../i18n/en/verdict.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import { formatCount, formatGoal, formatLoss, formatPower, formatRatio, formatShare } from '../number-format.ts';

addRoomMessages(verdictMessages); // every part of the room that is loaded by itself says sentences

/** What a lane's verdict says of it. */
export const clauseText = ({ key, params }: Said<ClauseKey>): string => text(`verdict.${key}`, params);

/** What is amiss with a comparison. */
export const findingText = ({ key, params }: Said<FindingKey>): string => text(`fair.${key}`, params);

/** What running a lane again says. */
export const verifyText = ({ key, params }: Said<VerifyKey>): string => text(`verify.${key}`, params);

function text(key: MessageKey, params: Said<string>['params']): string {
  // Which places a key has is known where the sentence is made; test/unit/verdict-messages.test.ts compares the two.
  const translate = t as (key: MessageKey, params: Readonly<Record<string, string>>) => string;
  return translate(key, fill(params, { number: numberText, names: namesText, spread: (texts) => t('verdict.spread', texts) }));
}

/** Smaller shares are written as powers of ten. */
const leastPlain = 1e-3;

function numberText({ kind, value }: Quantity): string {
  switch (kind) {
    case 'count':
      return formatCount(value);
    case 'share':
      return formatShare(value);
    case 'goal':
      return formatGoal(value);
    case 'points':
      return formatRatio(value * 100);
    case 'number':
      return formatLoss(value);
    case 'exact':
      return String(value);
    case 'power':
      return value < leastPlain ? formatPower(value) : formatRatio(value);
    case 'ratio':
    case 'chance':
      return formatRatio(value);
  }
}

function namesText(names: Names): string {
  if (names.kind === 'metric') return t(`metricWord.${names.name}`);
  return names.names.map((id) => t(`fair.${id}.short`)).join(t('verdict.listed'));
}
