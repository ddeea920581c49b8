// A lane run twice, captured and eagerly, and what differs: every bit of every loss, evaluation and weight is compared.

import { trainLane } from '../../support/train-in-node.ts';
import type { TrainedLane } from '../../support/train-in-node.ts';
import { models, optimizers } from './models.ts';
import { pageEngine } from './page-engine.ts';

/** A captured lane beside another one. */
export interface LaneComparison {
  readonly execution: string;
  readonly otherExecution: string;
  /** Of the captured lane, by step; null where it is not a number. */
  readonly losses: readonly (number | null)[];
  readonly counts: Comparable<number>;
  /** How many have other bits. */
  readonly differing: Comparable<number>;
}

interface Comparable<Content> {
  readonly losses: Content;
  readonly evaluations: Content;
  /** Of all ranks. */
  readonly weights: Content;
  readonly skippedSteps: Content;
}

/** What to compare a lane of a model with: itself run eagerly, or, as a control, itself with another seed. */
export interface LaneQuestion {
  readonly model: string;
  readonly optimizer: string;
  readonly lane: string;
  readonly isControl?: boolean;
}

/** Trains both. Throws where there is no such model or optimizer. */
export async function compareLaneWithEager({ model, optimizer, lane, isControl = false }: LaneQuestion): Promise<LaneComparison> {
  const [ofModel, ofOptimizer] = [models[model], optimizers[optimizer]];
  if (ofModel === undefined || ofOptimizer === undefined)
    throw new Error(`lanes: expected a model and an optimizer, got ${model}, ${optimizer}.`);
  const engine = await pageEngine();
  const spec = { ...ofModel, optimizer: ofOptimizer };
  const captured = await trainLane(spec, lane, { engine });
  const other = await trainLane(isControl ? { ...spec, seed: 4 } : spec, `${lane}+eager`, { engine });
  await engine.check();
  const [ours, theirs] = [bitsOf(captured), bitsOf(other)];
  const over = (measure: (own: Uint32Array, other: Uint32Array) => number): Comparable<number> => ({
    losses: measure(ours.losses, theirs.losses),
    evaluations: measure(ours.evaluations, theirs.evaluations),
    weights: measure(ours.weights, theirs.weights),
    skippedSteps: measure(ours.skippedSteps, theirs.skippedSteps),
  });
  return {
    execution: captured.execution,
    otherExecution: other.execution,
    losses: captured.log.map(({ loss }) => loss ?? null),
    counts: over((own) => own.length),
    differing: over(differingCount),
  };
}

/** Everything a lane ended with, as 32-bit words; numbers in 64 bits as two each. */
function bitsOf({ log, evaluations, weightsByRank, skippedSteps }: TrainedLane): Comparable<Uint32Array> {
  return {
    losses: wordsOf(Float64Array.from(log.flatMap((values) => Object.values(values)))),
    evaluations: wordsOf(Float64Array.from(evaluations.flatMap((values) => Object.values(values)))),
    weights: wordsOf(Float32Array.from(weightsByRank.flatMap((weights) => weights.flatMap((values) => [...values])))),
    skippedSteps: Uint32Array.of(skippedSteps),
  };
}

function wordsOf({ buffer }: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(buffer);
}

/** Words at a place where the other one has another word, or none. */
function differingCount(own: Uint32Array, other: Uint32Array): number {
  let count = Math.abs(own.length - other.length);
  for (let index = 0; index < Math.min(own.length, other.length); index++) if (own[index] !== other[index]) count++;
  return count;
}
