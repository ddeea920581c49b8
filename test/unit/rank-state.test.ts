// Plan: a rank that is behind takes everything over from another, bit for bit, so that the next update gives both the same bits again, also
// where it has not made its optimizer's slots yet; one that is not behind keeps what it has; a step that is taken back leaves no trace.

import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createOptimizer } from '../../src/engine/optim/create-optimizer.ts';
import type { OptimizerSpec } from '../../src/engine/optim/optimizer-spec.ts';
import { GradScaler } from '../../src/engine/precision/grad-scaler.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { readWeights } from '../../src/engine/weights-hash.ts';
import { handOver, Snapshot } from '../../src/train/rank-state.ts';
import type { RankState } from '../../src/train/rank-state.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ backend: 'cpu' });
});

const full = (shape: number[], value: number) => tf.mul(tf.ones(shape), value);

function createState(optimizer: OptimizerSpec | tf.Optimizer, start: number): RankState {
  return {
    variables: [tf.variable(full([2, 2], start)), tf.variable(full([3], start))],
    otherWeights: [tf.variable(full([3], -start), false)],
    optimizer: optimizer instanceof tf.Optimizer ? optimizer : createOptimizer(optimizer),
    scaler: new GradScaler(engine),
  };
}

/** An update with gradients that differ from step to step, so that slots and accumulated betas matter. */
function update({ variables, optimizer, scaler }: RankState, step: number): void {
  const gradients = variables.map((variable) => [variable.name, full(variable.shape, 0.1 * step + 0.01)] as const);
  optimizer.applyGradients(Object.fromEntries(gradients));
  scaler?.update(step === 2);
}

const valuesOf = ({ variables, otherWeights }: RankState) => readWeights([...variables, ...otherWeights]);

describe('handing a state over', () => {
  test.each<[string, OptimizerSpec]>([
    ['adam', { name: 'adam', learningRate: 0.1 }],
    ['momentum', { name: 'momentum', learningRate: 0.1 }],
    ['rmsprop', { name: 'rmsprop', learningRate: 0.1, momentum: 0.5 }],
    ['adagrad', { name: 'adagrad', learningRate: 0.1 }],
    ['sgd', { name: 'sgd', learningRate: 0.1 }],
    ['adamW', { name: 'adamW', learningRate: 0.1, weightDecay: 0.1 }],
    ['adamax', { name: 'adamax', learningRate: 0.1 }],
    ['centred rmsprop', { name: 'rmsprop', learningRate: 0.1, centered: true }],
    ['adadelta', { name: 'adadelta', learningRate: 1 }],
    ['a schedule', { name: 'sgd', learningRate: 0.1, schedule: 'exponential', decaySteps: 1, decayRate: 0.5 }],
  ])('makes ranks go on with the same bits: %s', async (_name, spec) => {
    const states = [createState(spec, 1), createState(spec, 2), createState(spec, 3)];
    const [, donor] = states;
    if (donor === undefined) throw new Error('there are three');
    for (const step of [1, 2, 3]) update(donor, step);
    const groups = createMemoryTransports(3).map((transport) => new ProcessGroup(transport));
    await Promise.all(groups.map((group, rank) => handOver(group, states[rank] ?? donor, 1, rank !== 1)));
    for (const state of states) update(state, 4);
    const [first, ...others] = await Promise.all(states.map(valuesOf));
    for (const other of others) expect(other).toEqual(first);
    expect(first?.[0]?.[0]).not.toBe(2);
    expect(states.map(({ scaler }) => scaler?.state)).toEqual(states.map(() => ({ scale: 32768, growthTracker: 2, skippedSteps: 1 })));
  });

  test('leaves alone who is not behind', async () => {
    const states = [createState({ name: 'sgd', learningRate: 0.1 }, 1), createState({ name: 'sgd', learningRate: 0.1 }, 2)];
    const groups = createMemoryTransports(2).map((transport) => new ProcessGroup(transport));
    await Promise.all(groups.map((group, rank) => handOver(group, states[rank] as RankState, 0, false)));
    expect((await valuesOf(states[1] as RankState))[0]?.[0]).toBe(2);
  });

  test('refuses an optimizer whose state nobody knows', async () => {
    class Own extends tf.SGDOptimizer {}
    const [group] = createMemoryTransports(1).map((transport) => new ProcessGroup(transport));
    const handed = handOver(group as ProcessGroup, createState(new Own(0.1), 1), 0, true);
    await expect(handed).rejects.toMatchObject({ code: 'not-supported' });
  });
});

test('a snapshot brings values back, also after several changes', async () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const snapshot = new Snapshot([variable]);
  variable.assign(tf.tensor1d([3, 4]));
  variable.assign(tf.tensor1d([5, 6]));
  snapshot.restore();
  snapshot.dispose();
  expect([...(await variable.data())]).toEqual([1, 2]);
});
