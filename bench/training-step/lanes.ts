// The same programs as lanes of the page, run by its own runner: what a person gets, workers, all-reduce, events and the clock of the lane included.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { untilWarm } from '../bench-page.ts';
import { laneNames, type LaneTimes } from './lane-names.ts';
import type { ModelName } from './model-names.ts';

/** Runs a model's program in the page, lanes in turns. Throws where a lane fails. */
export async function runLanes(page: Page, model: ModelName): Promise<readonly LaneTimes[]> {
  const fileName = `${model}.ts`;
  const source = readFileSync(join(import.meta.dirname, 'models', fileName), 'utf8');
  await untilWarm(page);
  const lanes = await page.evaluate(run, { source, fileName, lanes: laneNames.join(',') });
  return lanes.map(({ lane, execution, stepMs, error }) => {
    if (stepMs === null || error !== null) throw new Error(`step: expected lane ${lane} of ${model} to end, got ${error ?? 'no steps'}.`);
    return { lane, execution, stepMs };
  });
}

/** In the page. */
async function run(request: { readonly source: string; readonly fileName: string; readonly lanes: string }) {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
  const { results, problems } = await api.run({ ...request, schedule: 'turns' });
  if (results === null) throw new Error(`bench: expected results, got none: ${problems.map(({ message }) => message).join(' ')}`);
  return results.lanes.map((lane) => ({
    lane: lane.shortForm,
    execution: lane.execution,
    stepMs: lane.medianStepMs,
    error: lane.error?.message ?? null,
  }));
}
