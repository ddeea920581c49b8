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

/** Checks a number that counts something: a whole number from 1. */
export function checkCount(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new PlaygroundError('config-invalid', `${place}: expected a whole number from 1, got ${JSON.stringify(value) ?? String(value)}.`, {
    place,
  });
}
