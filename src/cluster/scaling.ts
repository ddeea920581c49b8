// What happens as ranks are added: the curve, where communication takes longer than computing, and where more ranks no longer help.

import { allReduceSeconds, modelStep } from './step-model.ts';
import type { ModelledStep, StepSetting } from './step-model.ts';
import { expectedSlowest } from './straggler.ts';

/** More ranks than this are not modelled. */
export const mostRanks = 4096;

/** Powers of two, and halfway between them, where a tree has to pair ranks up: 1, 2, 3, 4, 6, 8, … 4096. */
export const curveWorldSizes: readonly number[] = Array.from({ length: 13 }, (_, power) => [2 ** power, 3 * 2 ** (power - 1)])
  .flat()
  .filter((worldSize) => Number.isInteger(worldSize) && worldSize <= mostRanks);

/** A setting over all numbers of ranks. */
export interface Scaling {
  readonly steps: readonly ModelledStep[];
  /** The fewest ranks whose all-reduces take longer than their computing; null where 4,096 do not. */
  readonly crossover: number | null;
  /** The step of the curve with the largest speed-up. */
  readonly best: ModelledStep;
}

/** The curve of a setting. */
export function modelScaling(setting: StepSetting): Scaling {
  const steps = curveWorldSizes.map((worldSize) => modelStep(setting, worldSize));
  const best = steps.reduce((one, other) => (other.speedUp > one.speedUp ? other : one));
  return { steps, crossover: findCrossover(setting), best };
}

function findCrossover(setting: StepSetting): number | null {
  for (let worldSize = 2; worldSize <= mostRanks; worldSize++) {
    const communicationSeconds = allReduceSeconds(setting, worldSize);
    if (communicationSeconds <= setting.microBatchSeconds) continue; // before the slowest rank is looked for, which costs more
    if (communicationSeconds > setting.microBatchSeconds * expectedSlowest(worldSize, setting.stragglerSigma)) return worldSize;
  }
  return null;
}
