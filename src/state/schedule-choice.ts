// How the lanes of the next run share the machine: as somebody asked, else as the runner will choose by the number of ranks. The
// plan says which it will be, why, and whether it holds more workers at once than the runner would by itself.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { chooseSchedule, ranksAtOnce } from '../runner/schedule.ts';
import type { Machine, Schedule, ScheduleReason } from '../runner/schedule.ts';
import { workerCountOf } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';
import { expandRepeats } from '../train/repeats.ts';

/** How a run will share the machine. */
export interface SchedulePlan {
  readonly schedule: Schedule;
  readonly reason: ScheduleReason;
  /** Ranks of all lanes together. */
  readonly rankCount: number;
  /** Their workers: one for each rank, or for all virtual ranks of a lane. */
  readonly workerCount: number;
  /** Workers that are there at the same time: those of one lane in a sequence, else all. */
  readonly workersAtOnce: number;
  /** More at once than the runner would choose. */
  readonly isMuch: boolean;
}

/** The choice of the page, until it is closed. */
export interface ScheduleChoice {
  /** Null: what fits the machine. */
  readonly asked: Signal<Schedule | null>;
  /** Null while the lanes are not known. */
  readonly plan: ReadonlySignal<SchedulePlan | null>;
}

/** Nobody has asked for anything. */
export function createScheduleChoice(lanes: ReadonlySignal<readonly Lane[] | null>, machine: Machine): ScheduleChoice {
  const asked = signal<Schedule | null>(null);
  return { asked, plan: computed(() => (lanes.value === null ? null : planSchedule(expandRepeats(lanes.value, 0), asked.value, machine))) };
}

/** The plan for some lanes on a machine; `asked` null leaves it to the runner. */
export function planSchedule(lanes: readonly Lane[], asked: Schedule | null, machine: Machine): SchedulePlan {
  const { schedule, reason } = chooseSchedule(lanes, machine, asked);
  const largest = lanes.find((lane) => workerCountOf(lane) === Math.max(...lanes.map(workerCountOf)));
  const together = schedule === 'sequence' && largest !== undefined ? [largest] : lanes;
  return {
    schedule,
    reason,
    rankCount: lanes.reduce((sum, { worldSize }) => sum + worldSize, 0),
    workerCount: workersOf(lanes),
    workersAtOnce: workersOf(together),
    isMuch: workersOf(together) > ranksAtOnce(machine),
  };
}

function workersOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, lane) => sum + workerCountOf(lane), 0);
}
