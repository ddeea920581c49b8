// Every string of the page, in English: the reference that other languages are checked against. A file per room of the page (`en/`);
// places are written `{name}`. Messages that come from a program or from TypeScript are not here.

import type { ParamNames } from './format-message.ts';
import { clusterMessages } from './en/cluster.ts';
import { numbersMessages } from './en/numbers.ts';
import { precisionMessages } from './en/precision.ts';
import { timelineMessages } from './en/timeline.ts';
import { verdictMessages } from './en/verdict.ts';
import { shellMessages } from './shell-messages-en.ts';

/** Messages by key. */
export const englishMessages = {
  ...shellMessages,
  ...clusterMessages,
  ...numbersMessages,
  ...precisionMessages,
  ...timelineMessages,
  ...verdictMessages,
} as const;

/** A key of a message. */
export type MessageKey = keyof typeof englishMessages;

/** A key of a message without places: what tables of messages are made of. */
export type PlainKey = { [Key in MessageKey]: [ParamNames<(typeof englishMessages)[Key]>] extends [never] ? Key : never }[MessageKey];
