// Checks of numbers that both a program and the page's overrides set. Apart from experiment.ts, so that the page can use them without
// loading tfjs.

import { PlaygroundError } from '../core/errors.ts';
import type { Lane } from './lane.ts';
import { checkGlobalBatch } from './sampler.ts';

/** Refuses a global batch that some lane cannot split evenly: uneven shards would need weights in the mean. */
export function checkBatchDivides(globalBatch: number, lanes: readonly Lane[]): void {
  for (const lane of lanes) checkGlobalBatch(lane.globalBatch ?? globalBatch, lane.worldSize, lane.gradAccumSteps);
}

/** Refuses virtual ranks in a `program`: its functions would share module variables, `Math.random` and names, which N workers do not. */
export function refuseVirtual(lanes: readonly Lane[]): void {
  const at = lanes.findIndex((lane) => lane.virtual);
  if (at === -1) return;
  const message = `lanes[${at}].virtual: expected false, because this program is a function for every rank, and functions in one worker would share their variables and random numbers. Use experiment({ … }), or ranks that are not virtual.`;
  throw new PlaygroundError('not-supported', message, { place: `lanes[${at}].virtual` });
}

/** Refuses a program's lanes that are to go on without a rank: only an experiment's loop can be taken up again in the middle. */
export function checkElastic(kind: 'experiment' | 'program', lanes: readonly Lane[]): void {
  const index = kind === 'program' ? lanes.findIndex(({ elastic }) => elastic) : -1;
  if (index === -1) return;
  throw new PlaygroundError(
    'config-invalid',
    `lanes[${index}].elastic: expected false in a program, whose loop is its own and cannot be taken up again by fewer ranks. Write it as experiment(…), or leave elastic out.`,
    { place: `lanes[${index}].elastic` },
  );
}

/** Checks a number that counts something: a whole number from 1. */
export function checkCount(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new PlaygroundError('config-invalid', `${place}: expected a whole number from 1, got ${JSON.stringify(value) ?? String(value)}.`, {
    place,
  });
}
