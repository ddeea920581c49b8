// Learning-rate schedules, as a factor on the learning rate by step; pure. Steps are updates that were applied: one that was skipped because
// its gradients overflowed does not count. The formulas are those of torch.optim.lr_scheduler (StepLR, ExponentialLR, CosineAnnealingLR, with
// LinearLR before them through SequentialLR), where every torch name of a period is `decaySteps` here.

import { PlaygroundError } from '../../core/errors.ts';

export const scheduleNames = ['constant', 'step', 'exponential', 'cosine'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** How the learning rate changes; absent fields leave it as it is. */
export interface ScheduleOptions {
  /** `'constant'` where absent. */
  readonly schedule?: ScheduleName;
  /** Steps over which the rate rises in a line to its full value, before the schedule begins; 0 where absent. */
  readonly warmupSteps?: number;
  /** `step`: between two drops; `exponential`: in which the rate falls by the factor once; `cosine`: until its end. */
  readonly decaySteps?: number;
  /** `step`, `exponential`: the factor, 0.1 where absent; `cosine`: the share that is left at the end, 0 where absent. */
  readonly decayRate?: number;
}

export const scheduleFields = ['schedule', 'warmupSteps', 'decaySteps', 'decayRate'] as const;

/** The factor at a step, counted from 0. `options` are checked. */
export function scheduleFactor(
  { schedule = 'constant', warmupSteps = 0, decaySteps = 1, decayRate }: ScheduleOptions,
  step: number,
): number {
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  const time = (step - warmupSteps) / decaySteps;
  switch (schedule) {
    case 'constant':
      return 1;
    case 'step':
      return (decayRate ?? 0.1) ** Math.floor(time);
    case 'exponential':
      return (decayRate ?? 0.1) ** time;
    case 'cosine': {
      const rest = decayRate ?? 0; // torch's rises again after the end; this one stays
      return rest + ((1 - rest) * (1 + Math.cos(Math.PI * Math.min(time, 1)))) / 2;
    }
  }
}

/** Checks the fields of a schedule among others. Throws `config-invalid`, naming the field after `place`. */
export function checkSchedule(fields: Readonly<Record<string, unknown>>, place: string): ScheduleOptions {
  const { schedule, warmupSteps, decaySteps, decayRate } = fields;
  const name = scheduleNames.find((known) => known === (schedule ?? 'constant'));
  if (name === undefined) throw invalid(`${place}.schedule`, `one of ${scheduleNames.join(', ')}`, schedule);
  if (warmupSteps !== undefined && !isWhole(warmupSteps, 0)) throw invalid(`${place}.warmupSteps`, 'a whole number of steps', warmupSteps);
  if (name === 'constant') {
    if (decaySteps !== undefined) throw invalid(`${place}.decaySteps`, 'a schedule that decays beside it, such as cosine', schedule);
    if (decayRate !== undefined) throw invalid(`${place}.decayRate`, 'a schedule that decays beside it, such as cosine', schedule);
  } else if (!isWhole(decaySteps, 1)) throw invalid(`${place}.decaySteps`, `a whole number of steps for ${name}`, decaySteps);
  if (decayRate !== undefined && !(typeof decayRate === 'number' && decayRate >= 0 && decayRate <= 1))
    throw invalid(`${place}.decayRate`, 'a number from 0 to 1', decayRate);
  return {
    ...(schedule === undefined ? {} : { schedule: name }),
    ...(isWhole(warmupSteps, 0) ? { warmupSteps } : {}),
    ...(isWhole(decaySteps, 1) ? { decaySteps } : {}),
    ...(typeof decayRate === 'number' ? { decayRate } : {}),
  };
}

function isWhole(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function invalid(place: string, expected: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
