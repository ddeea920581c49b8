// Runs a program on an open page through the same verbs as its buttons, and gathers what it said.

import type { Page } from 'playwright-core';
import type { PageDriver } from '../../src/cli/browsers/page-driver.ts';
import type { RunEvent, RunFailure } from '../../src/runner/run-events.ts';
import type { RunOverrides } from '../../src/runner/run-request.ts';
import type { RunResults } from '../../src/runner/results.ts';
import type { Problem } from '../../src/state/page-api.ts';

/** What came of a run. */
export interface RunOutcome {
  readonly results: RunResults | null;
  readonly problems: readonly Problem[];
  readonly failures: readonly RunFailure[];
  readonly consoleTexts: readonly string[];
}

/** Runs a source text to its end. */
export async function runProgram(page: Page | PageDriver, source: string, overrides: RunOverrides = {}): Promise<RunOutcome> {
  await startProgram(page, source, overrides);
  return endOfProgram(page);
}

/** Starts a run and comes back at once: classic WebDriver does nothing else while a call into the page is pending. */
export async function startProgram(page: Page | PageDriver, source: string, overrides: RunOverrides = {}): Promise<void> {
  await evaluate(
    page,
    ({ text, options }) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('the page has no lockstepPage');
      const failures: RunFailure[] = [];
      const consoleTexts: string[] = [];
      const end = api.subscribe((event: RunEvent) => {
        if (event.type === 'failure') failures.push(event.failure);
        if (event.type === 'console') consoleTexts.push(event.line.text);
      });
      const outcome = api.run({ source: text, fileName: 'program.ts', ...options }).then(({ results, problems }) => {
        end();
        return { results, problems, failures, consoleTexts };
      });
      Object.assign(window, { startedProgram: outcome });
    },
    { text: source, options: overrides },
  );
}

/** What came of the run that was started last, once it is over. */
export function endOfProgram(page: Page | PageDriver): Promise<RunOutcome> {
  // Put there by startProgram.
  return evaluate(page, () => (window as unknown as { startedProgram: Promise<RunOutcome> }).startedProgram, null);
}

function evaluate<Arg, Result>(page: Page | PageDriver, run: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result> {
  return (page as PageDriver).evaluate(run, arg); // Playwright's takes and gives the same, with types that also unpack handles
}
