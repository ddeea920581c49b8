// Ctrl+C while the page runs a program.

import { exitCodes } from './exit-codes.ts';
import type { HeadlessPage } from './headless-page.ts';
import type { RunPrinter } from './run-printer.ts';

/** First Ctrl+C: the run stops and keeps what it has. Second: the process ends at once. */
export function stopOnInterrupt(page: HeadlessPage, printer: Pick<RunPrinter, 'print'>): { isStopped(): boolean; end(): void } {
  let isStopped = false;
  const onInterrupt = (): void => {
    if (isStopped) process.exit(exitCodes.interrupted);
    isStopped = true;
    printer.print(['stopping; Ctrl+C again ends at once']);
    // The page may be gone already; then the run ends by itself, with its own message.
    page.stop().catch((thrown: unknown) => printer.print([`stop: ${String(thrown)}`]));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    isStopped: () => isStopped,
    end: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}
