// What the page says in English from the start. Rooms that are loaded when somebody enters them (cluster, timeline, verdict) bring their messages along.

import { chartsMessages } from './en/charts.ts';
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

/** Messages by key. */
export const shellMessages = {
  ...chartsMessages,
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
} as const;
