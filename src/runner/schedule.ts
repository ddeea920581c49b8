// How lanes share one GPU. In turns: slices of about ten steps, the others idle, each timed only inside its own slices, so that the
// comparison is fair and every curve moves. In sequence: one after the other, where all ranks together are more than the machine
// should hold at once. In a race all run together and share the machine as it comes: their times are not comparable.

import { workerCountOf } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';

export const schedules = ['turns', 'sequence', 'race'] as const;
export type Schedule = (typeof schedules)[number];

/** Why a run has its schedule: somebody asked for it, all ranks fit at once, or they are too many for this machine. */
export type ScheduleReason = 'asked' | 'fits' | 'too-many-ranks';

/** What is known about the machine. Null: the browser does not say. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number | null;
}

/** More workers than this at once, each with tfjs, a device and the data, are too much for an ordinary laptop. */
const mostRanksAtOnce = 16;
/** And for one with two cores, or little memory. */
const mostRanksOnSmallMachine = 4;
const fewestCores = 3;
const leastMemoryGb = 4;
const fewestSteps = 10;
const mostSteps = 100;
const sliceTargetMs = 150;

/** The schedule for a list of lanes: what was asked for, else what the machine can hold. */
export function chooseSchedule(
  lanes: readonly Lane[],
  machine: Machine,
  asked: Schedule | null,
): { readonly schedule: Schedule; readonly reason: ScheduleReason } {
  if (asked !== null) return { schedule: asked, reason: 'asked' };
  const rankCount = lanes.reduce((sum, lane) => sum + workerCountOf(lane), 0);
  return rankCount > ranksAtOnce(machine) ? { schedule: 'sequence', reason: 'too-many-ranks' } : { schedule: 'turns', reason: 'fits' };
}

/** The machine this page is on, as far as its browser tells. */
export function thisMachine(): Machine {
  const { hardwareConcurrency, deviceMemory = null } = navigator as Navigator & { readonly deviceMemory?: number }; // Chromium only
  return { cores: hardwareConcurrency, memoryGb: deviceMemory };
}

/** How many ranks a machine should hold at once. */
export function ranksAtOnce({ cores, memoryGb }: Machine): number {
  return cores < fewestCores || (memoryGb !== null && memoryGb < leastMemoryGb) ? mostRanksOnSmallMachine : mostRanksAtOnce;
}

/** Steps of the next slice: ten, or more where ten are over in no time and the turn-taking would cost more than the training. */
export function nextSliceSteps(lastSteps: number, lastSliceMs: number): number {
  if (lastSliceMs <= 0) return fewestSteps;
  const fitting = Math.round((lastSteps * sliceTargetMs) / lastSliceMs);
  return Math.min(mostSteps, Math.max(fewestSteps, Math.min(fitting, lastSteps * 2)));
}
