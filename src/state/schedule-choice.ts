// How the lanes of the next run share the machine: as somebody asked, else as the runner will choose by the number of ranks. The
// plan says which it will be, why, and whether it holds more workers at once than the runner would by itself.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { chooseSchedule, ranksAtOnce } from '../runner/schedule.ts';
import type { Machine, Schedule, ScheduleReason } from '../runner/schedule.ts';
import type { Lane } from '../train/lane.ts';

/** How a run will share the machine. */
export interface SchedulePlan {
  readonly schedule: Schedule;
  readonly reason: ScheduleReason;
  /** Ranks of all lanes together. */
  readonly rankCount: number;
  /** Ranks that are there at the same time: those of one lane in a sequence, else all. */
  readonly ranksAtOnce: number;
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
  return { asked, plan: computed(() => (lanes.value === null ? null : planSchedule(lanes.value, asked.value, machine))) };
}

/** The plan for some lanes on a machine; `asked` null leaves it to the runner. */
export function planSchedule(lanes: readonly Lane[], asked: Schedule | null, machine: Machine): SchedulePlan {
  const { schedule, reason } = chooseSchedule(lanes, machine, asked);
  const rankCount = rankCountOf(lanes);
  const largest = lanes.find(({ worldSize }) => worldSize === Math.max(...lanes.map((lane) => lane.worldSize)));
  const together = schedule === 'sequence' && largest !== undefined ? [largest] : lanes;
  return {
    schedule,
    reason,
    rankCount,
    ranksAtOnce: rankCountOf(together),
    isMuch: rankCountOf(together) > ranksAtOnce(machine),
  };
}

function rankCountOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { worldSize }) => sum + worldSize, 0);
}
