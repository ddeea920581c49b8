// Times the steps of one model on several sides: ten steps whose losses are compared, rounds to warm up, then rounds in which the sides take turns.
// A round is as many steps as fill a good part of the time a person would wait for a curve's next point, ended by waiting for the device and reading
// one loss; its mean is one value. Steps that wait for the device are as many on every side. Where there is none to wait for, rounds are as long on every
// side: a side with few steps between the others' rounds would find every cache of the processor cold, which in a training run it never does.

import { checkAgreement } from './agreement.ts';
import { matrixFlop, type ModelName } from './model-names.ts';
import type { CallSide, SideName } from './sides/side.ts';

/** Steps whose losses every side must agree on. */
export const comparedSteps = 10;
/** What a round lasts at least, on the slowest side, and how many steps it has at most. */
const roundMs = 150;
const mostStepsPerRound = 20;
/** What a round lasts on every side where what is counted are microseconds of the processor, and not what a person waits for. */
const longRoundMs = 500;
const warmRounds = 2;
const trialSteps = 3;

/** What one side took. */
export interface SideTimes {
  readonly side: SideName;
  readonly execution: string;
  readonly stepsPerRound: number;
  /** Milliseconds per step, a value per round. */
  readonly stepMs: readonly number[];
  /** Processor milliseconds per step, a value per round; none in a page, which cannot tell. */
  readonly cpuMs: readonly number[];
}

/** One model on all sides. */
export interface ModelTimes {
  readonly model: ModelName;
  readonly matrixFlop: number;
  readonly sides: readonly SideTimes[];
}

/** The same, and how far the sides' losses were apart. */
export interface ComparedTimes extends ModelTimes {
  /** Between any two sides at any of the first steps. */
  readonly mostLossDifference: number;
}

/** Sides by name, in the order in which they take turns; the first makes the starting point. */
export type CalledSides = ReadonlyMap<SideName, CallSide>;

/** Trains the model on every side, first so many steps as are compared. Throws where their losses differ, and what a side throws. */
export async function compareAndTime(model: ModelName, sides: CalledSides, rounds: number): Promise<ComparedTimes> {
  await prepareAll(model, sides);
  const losses = [];
  for (const [side, call] of sides) losses.push({ side, losses: await firstLosses(call) });
  const mostLossDifference = checkAgreement(model, losses);
  const trial = await stepMsOf(sides);
  const stepsPerRound = Math.min(mostStepsPerRound, stepsThatFill(roundMs, Math.max(...trial.values())));
  return { ...(await timeRounds(model, sides, rounds, () => stepsPerRound)), mostLossDifference };
}

/**
 * Trains the model on every side, whatever comes out, for so long before anything is timed that the JavaScript compilers are done with it, as they
 * are in most of a training run. Throws what a side throws.
 */
export async function timeWarm(model: ModelName, sides: CalledSides, rounds: number, warmMs: number): Promise<ModelTimes> {
  await prepareAll(model, sides);
  for (const call of sides.values()) {
    const until = performance.now() + warmMs;
    while (performance.now() < until) await firstLosses(call);
  }
  const trial = await stepMsOf(sides);
  return timeRounds(model, sides, rounds, (side) => stepsThatFill(longRoundMs, trial.get(side) ?? longRoundMs));
}

async function firstLosses(call: CallSide): Promise<readonly number[]> {
  const losses: number[] = [];
  for (let step = 0; step < comparedSteps; step++) losses.push((await call('train', { stepCount: 1 })).loss);
  return losses;
}

/** Milliseconds of a step on each side, roughly. */
async function stepMsOf(sides: CalledSides): Promise<ReadonlyMap<SideName, number>> {
  const trial = new Map<SideName, number>();
  for (const [side, call] of sides) trial.set(side, (await call('train', { stepCount: trialSteps })).ms / trialSteps);
  return trial;
}

function stepsThatFill(ms: number, stepMs: number): number {
  return Math.max(1, Math.round(ms / stepMs));
}

async function timeRounds(model: ModelName, sides: CalledSides, rounds: number, stepsOf: (side: SideName) => number): Promise<ModelTimes> {
  const times = [...sides].map(([side, call]) => ({
    side,
    call,
    execution: '',
    stepsPerRound: stepsOf(side),
    stepMs: [] as number[],
    cpuMs: [] as number[],
  }));
  for (let round = -warmRounds; round < rounds; round++) {
    for (const one of inTurn(times, Math.max(0, round))) {
      const { stepsPerRound } = one;
      const { ms, cpuMs, execution } = await one.call('train', { stepCount: stepsPerRound });
      one.execution = execution;
      if (round < 0) continue;
      one.stepMs.push(ms / stepsPerRound);
      if (cpuMs !== null) one.cpuMs.push(cpuMs / stepsPerRound);
    }
  }
  for (const { call } of times) await call('release', null);
  const measured = times.map(({ side, execution, stepsPerRound, stepMs, cpuMs }) => ({ side, execution, stepsPerRound, stepMs, cpuMs }));
  return { model, matrixFlop: matrixFlop(model), sides: measured };
}

async function prepareAll(model: ModelName, sides: CalledSides): Promise<void> {
  let start = null;
  for (const call of sides.values()) start = (await call('prepare', { model, start })) ?? start;
}

/** The same entries, beginning with another one in every round. */
function inTurn<T>(entries: readonly T[], round: number): readonly T[] {
  const first = round % entries.length;
  return [...entries.slice(first), ...entries.slice(0, first)];
}
