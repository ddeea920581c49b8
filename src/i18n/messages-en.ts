// Every string of the page, in English: the reference that other languages are checked against. A file per room of the page (`en/`);
// places are written `{name}`. Messages that come from a program or from TypeScript are not here.

import type { ParamNames } from './format-message.ts';
import { chartsMessages } from './en/charts.ts';
import { clusterMessages } from './en/cluster.ts';
import { deviceMessages } from './en/device.ts';
import { editorMessages } from './en/editor.ts';
import { failuresMessages } from './en/failures.ts';
import { galleryMessages } from './en/gallery.ts';
import { historyMessages } from './en/history.ts';
import { insideMessages } from './en/inside.ts';
import { lanesMessages } from './en/lanes.ts';
import { pageMessages } from './en/page.ts';
import { resultsMessages } from './en/results.ts';
import { runMessages } from './en/run.ts';
import { timelineMessages } from './en/timeline.ts';
import { verdictMessages } from './en/verdict.ts';

/** Messages by key. */
export const englishMessages = {
  ...chartsMessages,
  ...clusterMessages,
  ...deviceMessages,
  ...editorMessages,
  ...failuresMessages,
  ...galleryMessages,
  ...historyMessages,
  ...insideMessages,
  ...lanesMessages,
  ...pageMessages,
  ...resultsMessages,
  ...runMessages,
  ...timelineMessages,
  ...verdictMessages,
} as const;

/** A key of a message. */
export type MessageKey = keyof typeof englishMessages;

/** A key of a message without places: what tables of messages are made of. */
export type PlainKey = { [Key in MessageKey]: [ParamNames<(typeof englishMessages)[Key]>] extends [never] ? Key : never }[MessageKey];
