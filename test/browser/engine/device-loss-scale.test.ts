// Plan: a loss scale on the device follows the host's rule to the bit, and torch's training with it step for step; a skipped step leaves weights,
// slots and running products as they were, under every optimizer; a replayed step is one submit and reads nothing; a schedule goes by the steps
// that were taken; what was moved to the device can be read, set and handed on.

import { beforeAll, describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/core/prng.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createOptimizer } from '../../../src/engine/optim/create-optimizer.ts';
import { optimizerState, slotCounts } from '../../../src/engine/optim/optimizer-state.ts';
import { parseOptimizerSpec, type OptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { scheduleFactor } from '../../../src/engine/optim/schedule.ts';
import { DeviceLossScale } from '../../../src/engine/precision/device-loss-scale.ts';
import { GradScaler } from '../../../src/engine/precision/grad-scaler.ts';
import { nextLossScale, parseLossScaleOptions, type LossScaleState } from '../../../src/engine/precision/loss-scale.ts';
import { ScalarRing } from '../../../src/engine/scalar-ring.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { readWeights } from '../../../src/engine/weights-hash.ts';
import references from '../../reference/grad-scaler.json' with { type: 'json' };
import { trainScaled } from '../../../src/cli/reference/scaled-regression.ts';
import { largestDistance, watchReplays } from '../../support/scaled-regression.ts';

let engine: Engine;
let backend: LockstepBackend;
beforeAll(async () => {
  engine = await startEngine({ backend: 'webgpu' });
  if (engine.backend === null) throw new Error('asked for by name');
  ({ backend } = engine);
});

const fresh = (scale: number): LossScaleState => ({ scale, growthTracker: 0, skippedSteps: 0 });

describe('a loss scale on the device', () => {
  it.each([
    ['as torch has it, but in short intervals', { growthInterval: 3 }],
    ['by factors that are no powers of two', { initScale: 1000, growthFactor: 1.37, backoffFactor: 0.61, growthInterval: 2 }],
    ['to both ends of what f32 holds', { growthFactor: 2 ** 40, backoffFactor: 2 ** -60, growthInterval: 1 }],
    ['not at all', { initScale: 12345, isDynamic: false }],
  ])('moves as the host says: %s', async (_, given) => {
    const options = parseLossScaleOptions(given);
    const device = new DeviceLossScale(engine, backend, tf.train.sgd(1), options, fresh(options.initScale));
    const weight = tf.variable(tf.zeros([3]));
    const ring = new ScalarRing(engine);
    const prng = createPrng(5);
    let state = fresh(options.initScale);
    const [expected, seen]: [number[], Promise<number>[]] = [[], []];
    for (let step = 0; step < 400; step++) {
      const draw = prng.next();
      const worst = draw < 0.1 ? Number.POSITIVE_INFINITY : draw < 0.2 ? Number.NaN : draw < 0.3 ? Number.NEGATIVE_INFINITY : 1;
      const used = state.scale;
      state = nextLossScale(state, worst !== 1, options);
      expected.push(used, state.skippedSteps);
      tf.tidy(() => {
        const loss = device.update({ [weight.name]: tf.tensor1d([0, worst, 2]) }, tf.scalar(3));
        seen.push(ring.push(device.tensors.used), ring.push(device.tensors.skipped));
        return loss;
      }).dispose();
    }
    ring.flush();
    expect(await Promise.all(seen)).toEqual(expected);
    expect(state.skippedSteps).toBeGreaterThan(50);
    expect(await device.read()).toEqual(state);
  });

  it('trains as torch does, captured, step for step', async () => {
    const [{ input, expected, tol }] = references as [(typeof references)[0]];
    const regression = { ...input, optimizer: parseOptimizerSpec(input.optimizer) };
    const [captured] = await trainScaled(engine, regression);
    if (captured === undefined) throw new Error('one rank was asked for');
    expect(captured.execution).toBe('captured');
    const { scale, tracker, skipped, weights } = captured;
    expect({ scale, tracker, skipped }).toEqual({ scale: expected.scale, tracker: expected.tracker, skipped: expected.skipped });
    expect(largestDistance(weights, expected.weights)).toBeLessThan(tol);
    const [eager] = await trainScaled(engine, { ...regression, steps: 100 }, '+eager');
    expect(eager?.weights).toEqual(weights.slice(0, 400));
    expect(eager?.scale).toEqual(scale.slice(0, 100));
  });

  it('is part of a replayed step, which is one submit and reads nothing', async () => {
    const [{ input }] = references as [(typeof references)[0]];
    const regression = { ...input, optimizer: parseOptimizerSpec(input.optimizer) };
    const { queue } = backend.internals;
    const [submit, map] = [queue.submit.bind(queue), GPUBuffer.prototype.mapAsync];
    const counts = { submits: 0, maps: 0 };
    queue.submit = (buffers) => {
      counts.submits++;
      return submit(buffers);
    };
    GPUBuffer.prototype.mapAsync = function (...range) {
      counts.maps++;
      return map.apply(this, range);
    };
    try {
      await watchReplays(engine, regression, 10, async (takeSteps) => {
        Object.assign(counts, { submits: 0, maps: 0 });
        await takeSteps();
        backend.flush(); // the last one
      });
      expect(counts).toEqual({ submits: 10, maps: 0 });
    } finally {
      queue.submit = submit;
      GPUBuffer.prototype.mapAsync = map;
    }
  });

  const specs: readonly OptimizerSpec[] = [
    { name: 'sgd', learningRate: 0.1, clipValue: 0.5 },
    { name: 'momentum', learningRate: 0.1, useNesterov: true },
    { name: 'adam', learningRate: 0.01, clipNorm: 1 },
    { name: 'adamW', learningRate: 0.01 },
    { name: 'adamax', learningRate: 0.01 },
    { name: 'rmsprop', learningRate: 0.01, centered: true },
    { name: 'adagrad', learningRate: 0.1 },
    { name: 'adadelta', learningRate: 1 },
  ];

  /** Everything that lasts after steps whose gradients, of two weights, hold these as their worst value. */
  async function after(spec: OptimizerSpec, worstValues: readonly number[]): Promise<readonly Float32Array[]> {
    const weights = [tf.variable(tf.tensor1d([1, 2, 3, 4])), tf.variable(tf.tensor1d([-1, 0.5, 2]))] as const;
    const optimizer = createOptimizer(spec);
    const device = new DeviceLossScale(engine, backend, optimizer, parseLossScaleOptions({ isDynamic: false }), fresh(1024));
    for (const worst of worstValues) {
      tf.tidy(() => {
        const gradients = { [weights[0].name]: tf.tensor1d([512, -100, 3000, 7]), [weights[1].name]: tf.tensor1d([-2000, worst, 10]) };
        device.update(gradients, tf.scalar(1));
      });
    }
    const state = await readWeights([...weights, ...optimizerState(optimizer, slotCounts(optimizer), weights)]);
    optimizer.dispose();
    tf.dispose([...weights]);
    return state;
  }

  it.each(specs.map((spec) => [spec.name, spec] as const))(
    'leaves weights and state of %s alone in a step that is skipped',
    async (_, spec) => {
      const taken = await after(spec, [900, 900]);
      expect(await after(spec, [Number.NaN, 900, Number.POSITIVE_INFINITY, 900, Number.NEGATIVE_INFINITY])).toEqual(taken);
      expect(await after(spec, [900])).not.toEqual(taken);
    },
  );

  it('moves the learning rate on with the steps that were taken, however many are skipped in a row', async () => {
    const schedule = { schedule: 'exponential', decaySteps: 40, decayRate: 0.5, warmupSteps: 5 } as const;
    const optimizer = createOptimizer({ name: 'sgd', learningRate: 2, ...schedule });
    const device = new DeviceLossScale(engine, backend, optimizer, parseLossScaleOptions({ isDynamic: false }), fresh(4));
    const weight = tf.variable(tf.zeros([1]));
    const prng = createPrng(8);
    let [taken, expected] = [0, 0];
    for (let step = 0; step < 150; step++) {
      const isSkipped = (step >= 60 && step < 110) || prng.next() < 0.2;
      await device.hearInTime();
      tf.tidy(() => void device.update({ [weight.name]: tf.tensor1d([isSkipped ? Number.NaN : 4]) }, tf.scalar(1)));
      if (!isSkipped) expected -= 2 * scheduleFactor(schedule, taken++);
    }
    const [sum = Number.NaN] = await weight.data();
    expect(Math.abs(sum - expected)).toBeLessThan(1e-4); // some eighty f32 additions of a sum of about -70
    await device.read();
    expect(optimizer.iterations).toBe(taken);
  });

  it('can be read and set where it is', async () => {
    const scaler = new GradScaler(engine, { growthInterval: 4 });
    scaler.restore({ scale: 512, growthTracker: 2, skippedSteps: 7 });
    const device = scaler.moveTo(backend, tf.train.sgd(1));
    expect(await scaler.read()).toEqual({ scale: 512, growthTracker: 2, skippedSteps: 7 });
    const weight = tf.variable(tf.zeros([1]));
    const take = () => tf.tidy(() => void device.update({ [weight.name]: tf.tensor1d([512]) }, tf.scalar(1)));
    take();
    take();
    expect(await scaler.read()).toEqual({ scale: 1024, growthTracker: 0, skippedSteps: 7 });
    expect([...(await weight.data())]).toEqual([-2]);
    scaler.restore({ scale: 64, growthTracker: 1, skippedSteps: 9 });
    take();
    expect(await scaler.read()).toEqual({ scale: 64, growthTracker: 2, skippedSteps: 9 });
    expect([...(await weight.data())]).toEqual([-10]);
    expect(() => scaler.state).toThrow('expected the loss scale on the host, but the device keeps it');
  });

  it('takes a weight whose first value is stored as integers', async () => {
    const weight = tf.variable(tf.cast(tf.tensor1d([3, 4], 'int32'), 'float32'));
    const device = new DeviceLossScale(engine, backend, tf.train.sgd(0.5), parseLossScaleOptions({}), fresh(2));
    tf.tidy(() => void device.update({ [weight.name]: tf.tensor1d([2, 4]) }, tf.scalar(1)));
    expect([...(await weight.data())]).toEqual([2.5, 3]);
  });
});
