// Runs a program on an open page through the same verbs as its buttons, and gathers what it said.

import type { Page } from 'playwright-core';
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
export async function runProgram(page: Page, source: string, overrides: RunOverrides = {}): Promise<RunOutcome> {
  return page.evaluate(
    async ([text, options]) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('the page has no lockstepPage');
      const failures: RunFailure[] = [];
      const consoleTexts: string[] = [];
      const end = api.subscribe((event: RunEvent) => {
        if (event.type === 'failure') failures.push(event.failure);
        if (event.type === 'console') consoleTexts.push(event.line.text);
      });
      const { results, problems } = await api.run({ source: text, fileName: 'program.ts', ...options });
      end();
      return { results, problems, failures, consoleTexts };
    },
    [source, overrides] as const,
  );
}
