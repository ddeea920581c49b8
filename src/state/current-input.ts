// What a run would be started with now, gathered from the parts of the page that say it.

import type { LaneListState } from './lane-list.ts';
import type { ProgramState } from './program.ts';
import type { RunInput } from './run-input.ts';
import type { ScheduleChoice } from './schedule-choice.ts';
import type { SeedState } from './seed.ts';

/** The parts of the page that a run is started with. */
export interface InputSources {
  readonly program: ProgramState;
  readonly seed: SeedState;
  readonly laneList: LaneListState;
  readonly schedule: ScheduleChoice;
}

/** What a run would be started with now. */
export function currentInput({ program, seed, laneList, schedule }: InputSources): RunInput {
  return {
    programId: program.open.value.id,
    source: program.source.value,
    seed: seed.override.value,
    lanes: laneList.override.value,
    schedule: schedule.asked.value,
  };
}
