// The timeline as a trace: what the download button and the command line write.

import { chromeTrace, type ChromeTrace } from '../export/chrome-trace.ts';
import type { RunState } from './run.ts';
import type { TimelineState } from './timeline.ts';

/** The kept steps of every lane that has taken one. */
export function traceOf({ run, timeline }: { readonly run: RunState; readonly timeline: TimelineState }): ChromeTrace {
  const lanes = timeline.lanes.value.map((lane) => ({ label: lane.label, steps: lane.steps().flatMap(({ ranks }) => ranks) }));
  const recorded = lanes.filter(({ steps }) => steps.length > 0);
  return chromeTrace(run.declaration.value?.title ?? '', recorded);
}
