// Sends the program's console to the page. Lines keep their order although a tensor's values arrive later: each line waits for
// the one before it.

import type { EventStream } from './event-stream.ts';
import { needsReadBack, renderArguments, renderAtOnce } from './render-value.ts';
import type { ConsoleLevel } from './telemetry.ts';

const levels: readonly ConsoleLevel[] = ['log', 'info', 'warn', 'error', 'debug'];

/** Replaces the worker's console methods, and reports what nobody caught. `rank` is asked at each line. */
export function captureConsole(events: EventStream, rank: () => number): void {
  let lastLine: Promise<void> = Promise.resolve();
  let waitingCount = 0;
  // The caller has asked for room.
  const emit = (level: ConsoleLevel, text: string) => events.console({ level, rank: rank(), text });

  for (const level of levels) {
    console[level] = (...values: unknown[]) => {
      if (!events.hasRoomFor(level)) return;
      if (waitingCount === 0 && !values.some(needsReadBack)) {
        emit(level, renderAtOnce(values));
        return;
      }
      waitingCount++;
      const rendered = renderArguments(values).catch((error: unknown) => `(a value that could not be read: ${String(error)})`);
      lastLine = lastLine.then(async () => {
        emit(level, await rendered);
        waitingCount--;
      });
    };
  }
  console.table = (rows: unknown) => console.log(rows);
  self.addEventListener('error', (event) => {
    console.error(`Uncaught ${event.message}`);
    event.preventDefault();
  });
  self.addEventListener('unhandledrejection', (event) => {
    console.error(`Unhandled rejection: ${renderAtOnce([event.reason])}`);
    event.preventDefault();
  });
}
