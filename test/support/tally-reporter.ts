// Counts what a vitest run did, for `npm test`: passed, failed and skipped tests, and files that could not even be loaded (a
// failure each: their tests are missing, not passing). Written as JSON to the path in LOCKSTEP_TALLY when the run ends.

import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** The outcome of one project's run. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Full names, with the reason where the test gave one. */
  readonly skipped: readonly { readonly name: string; readonly reason: string | null }[];
  readonly files: readonly { readonly file: string; readonly passed: number; readonly failed: number; readonly ms: number }[];
}

/** Vitest finds the class as the default export of the file its --reporter flag names. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const path = process.env['LOCKSTEP_TALLY'];
    if (path === undefined) throw new Error('tally: expected a path in LOCKSTEP_TALLY, got none. Set it, or leave this reporter out.');
    writeFileSync(path, JSON.stringify(tallyOf(modules, unhandledErrors.length)));
  }
}

function tallyOf(modules: readonly TestModule[], unhandledCount: number): Tally {
  const files = modules.map((module) => {
    const tests = [...module.children.allTests()];
    const failedTests = tests.filter((test) => test.result().state === 'failed').length;
    const isBroken = module.state() === 'failed' && failedTests === 0;
    return {
      file: module.relativeModuleId,
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: failedTests + (isBroken ? 1 : 0),
      ms: module.diagnostic().duration,
    };
  });
  const skipped = modules.flatMap((module) => {
    return [...module.children.allTests()].flatMap((test) => {
      const result = test.result();
      return result.state === 'skipped' ? [{ name: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note ?? null }] : [];
    });
  });
  const sum = (of: (file: (typeof files)[number]) => number): number => files.reduce((total, file) => total + of(file), 0);
  return { passed: sum((file) => file.passed), failed: sum((file) => file.failed) + unhandledCount, skipped, files };
}
