// Everything that makes one rank what it is after a step, handed from the rank that is furthest to those that are a step behind it: weights,
// optimizer, loss scale, and what layers keep beside their weights. It travels as flat floats, bit for bit, and is taken over in one
// synchronous piece once all of it has arrived: a rank holds the state of the one step or of the other, never half of each.

import { concatenate } from '../core/concatenate.ts';
import type { ProcessGroup } from '../collective/process-group.ts';
import { optimizerState, setIterations, slotCounts } from '../engine/optim/optimizer-state.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { tf } from '../engine/tf.ts';
import { readWeights } from '../engine/weights-hash.ts';

/** The parts of a rank that change with its steps. */
export interface RankState {
  readonly variables: readonly tf.Variable[];
  /** Moving averages and the like, and frozen weights. */
  readonly otherWeights: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly scaler: GradScaler | null;
}

/** Doubles before the optimizer's slot counts: scale, growth tracker, skipped steps; the optimizer's steps. */
const leadingDoubles = 4;

/** Every rank calls it; those that are behind end with the donor's state, the others with their own. */
export async function handOver(group: ProcessGroup, state: RankState, donor: number, isBehind: boolean): Promise<void> {
  const { scaler, optimizer, variables, otherWeights } = state;
  const { scale = 1, growthTracker = 0, skippedSteps = 0 } = (await scaler?.read()) ?? {};
  const head = new Float64Array([scale, growthTracker, skippedSteps, optimizer.iterations, ...slotCounts(optimizer)]);
  await group.broadcast(new Float32Array(head.buffer), donor); // its words, not its values
  const tensors = [...variables, ...otherWeights, ...optimizerState(optimizer, [...head.subarray(leadingDoubles)], variables)];
  const flat = await readFlat(tensors);
  await group.broadcast(flat, donor);
  if (!isBehind) return;
  assignFlat(tensors, flat);
  const [newScale = 1, newTracker = 0, newSkipped = 0, iterations = 0] = head;
  setIterations(optimizer, iterations);
  scaler?.restore({ scale: newScale, growthTracker: newTracker, skippedSteps: newSkipped });
}

/** What variables hold at this moment, to go back to: a reference each, not a copy. */
export class Snapshot {
  private readonly variables: readonly tf.Variable[];
  private readonly values: readonly tf.Tensor[];

  constructor(variables: readonly tf.Variable[]) {
    this.variables = variables;
    this.values = variables.map((variable) => tf.keep(variable.clone()));
  }

  restore(): void {
    for (const [index, value] of this.values.entries()) this.variables[index]?.assign(value);
  }

  dispose(): void {
    tf.dispose([...this.values]);
  }
}

async function readFlat(tensors: readonly tf.Variable[]): Promise<Float32Array> {
  return concatenate(await readWeights(tensors));
}

function assignFlat(tensors: readonly tf.Variable[], flat: Float32Array): void {
  let offset = 0;
  for (const variable of tensors) {
    const values = flat.slice(offset, offset + variable.size);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, variable.dtype)));
    offset += variable.size;
  }
}
