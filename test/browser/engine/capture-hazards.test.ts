// What could make a replayed step differ from an eager one, provoked: each either changes nothing, or ends in a refusal with its reason
// and a step that is right all the same. The control, that nothing is refused without one, is captured-step.test.ts.

import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import { CapturedFunction } from '../../../src/engine/capture/captured-function.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { setLearningRate } from '../../../src/engine/optim/learning-rate.ts';
import { optimizerSettings } from '../../../src/engine/optim/optimizer-state.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { createTraining, train } from './small-nets.ts';
import type { SmallTraining } from './small-nets.ts';

let engine: Engine;
let backend: LockstepBackend;
beforeAll(async () => {
  engine = await startEngine();
  if (engine.backend === null) throw new Error('expected WebGPU');
  ({ backend } = engine);
});

const read = async (tensor: Tensor | undefined): Promise<number[]> => Array.from((await tensor?.data<'float32'>()) ?? []);

/** Runs a function of one vector so many times, on [0], [1], [2] …; what it returned each time. */
async function runs(
  run: (x: Tensor) => Tensor,
  count = 6,
): Promise<{ readonly results: readonly number[]; readonly refusal: string | null }> {
  const captured = new CapturedFunction(backend, ([x]) => (x === undefined ? [] : [tf.tidy(() => run(x))]));
  const results: number[] = [];
  for (let index = 0; index < count; index++) {
    const x = tf.tensor1d([index]);
    const result = captured.call('', '', [x]);
    results.push(...(await read(result.outputs[0])));
    result.dispose();
    x.dispose();
  }
  const { refusal } = captured;
  captured.dispose();
  return { results, refusal };
}

/** A net trained twice, eagerly and captured, the same thing done to both. */
async function both(optimizer: string, between: (training: SmallTraining, step: number) => void | Promise<void>) {
  const run = async (isCaptured: boolean) => {
    const training = createTraining('MLP', optimizer);
    const settings = () => optimizerSettings(training.optimizer);
    const trained = await train(engine, training, 16, { isCaptured, settings, between: (step) => between(training, step) });
    training.dispose();
    return trained;
  };
  const { losses, weights } = await run(false);
  return { eager: { losses, weights }, captured: await run(true) };
}

describe('a replay is not disturbed by', () => {
  it('work of all shapes between the steps, which takes buffers and uniforms from where they are taken', async () => {
    const { eager, captured } = await both('adam', async (_, step) => {
      const results = Array.from({ length: 30 }, (__, index) => tf.tidy(() => tf.sum(tf.mul(tf.ones([step + 1, index + 1]), 0.1 * index))));
      await Promise.all(results.map((result) => result.data()));
      tf.dispose(results);
    });
    expect(captured).toMatchObject({ ...eager, refusal: null, replayCount: 13 });
  });

  it('commands that were recorded and not submitted when it began', async () => {
    const weights: Variable = tf.variable(tf.zeros([4]));
    const captured = new CapturedFunction(backend, () => [
      tf.tidy(() => {
        weights.assign(tf.add(weights, 1));
        return tf.sum(weights).asScalar();
      }),
    ]);
    const pending: Tensor[] = [];
    for (let index = 0; index < 6; index++) {
      captured.call('', '', []).dispose();
      pending.push(tf.add(weights, 100)); // not submitted by anybody
    }
    expect(await Promise.all(pending.map(async (tensor) => (await read(tensor))[0]))).toEqual([101, 102, 103, 104, 105, 106]);
    captured.dispose();
    expect(await read(weights)).toEqual([6, 6, 6, 6]);
    tf.dispose([weights, ...pending]);
  });

  it.each(['sgd', 'momentum', 'adam'])('a learning rate that changes: %s', async (name) => {
    const { eager, captured } = await both(name, ({ optimizer }, step) => {
      if (step !== 5 && step !== 9) return;
      if (name === 'adam') Object.assign(optimizer, { learningRate: 0.003 * step });
      else setLearningRate(optimizer, 0.003 * step);
    });
    expect(captured).toMatchObject({ ...eager, refusal: null });
    expect(captured.replayCount).toBeGreaterThan(5);
  });

  it('weights that are set from outside', async () => {
    const { eager, captured } = await both('adam', (training, step) => {
      if (step % 6 === 5) tf.tidy(() => training.variables.forEach((variable) => variable.assign(tf.mul(variable, 0.5))));
    });
    expect(captured).toMatchObject({ ...eager, refusal: null, replayCount: 13 });
  });

  it('weights that are set to one another', async () => {
    const [a, b]: Variable[] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([2]))];
    const step = () =>
      tf.tidy(() => {
        const old = a!.clone();
        a!.assign(b!);
        b!.assign(tf.add(old, b!));
        return [tf.sum(b!)];
      });
    const captured = new CapturedFunction(backend, step);
    const results: number[] = [];
    for (let index = 0; index < 8; index++) results.push(...(await read(captured.call('', '', []).outputs[0])));
    captured.dispose();
    expect(results).toEqual([3, 5, 8, 13, 21, 34, 55, 89]); // Fibonacci's
    tf.dispose([a!, b!]);
  });

  it('a step that throws: the weights are as they were', async () => {
    const weight: Variable = tf.variable(tf.scalar(0));
    let runCount = 0;
    const captured = new CapturedFunction(backend, () => {
      weight.assign(tf.add(weight, 1));
      if (++runCount === 2) throw new Error('once');
      return [];
    });
    for (let index = 0; index < 4; index++) captured.call('', '', []);
    expect(await read(weight)).toEqual([4]);
    expect(captured.refusal).toBe('it failed while it was recorded: once');
    captured.dispose();
    weight.dispose();
  });
});

describe('a replay does not disturb', () => {
  it('a clone of a weight, a value that was read, one that is being read, or the batch it was recorded with', async () => {
    const weight: Variable = tf.variable(tf.scalar(0));
    const captured = new CapturedFunction(backend, ([x]) => [
      tf.tidy(() => {
        weight.assign(tf.add(weight, x ?? 0));
        return tf.mul(weight, 1);
      }),
    ]);
    const snapshots: Tensor[] = [];
    const batches: Tensor[] = [];
    const reading: Promise<number[]>[] = [];
    for (let index = 1; index <= 6; index++) {
      const batch = tf.scalar(index);
      batches.push(batch);
      captured.call('', '', [batch]).dispose();
      snapshots.push(weight.clone());
      reading.push(read(weight)); // arrives after later replays
    }
    const sums = [1, 3, 6, 10, 15, 21];
    expect((await Promise.all(reading)).flat()).toEqual(sums);
    expect((await Promise.all(snapshots.map(read))).flat()).toEqual(sums);
    expect((await Promise.all(batches.map(read))).flat()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await read(weight)).toEqual([21]);
    captured.call('', '', [batches[0]!]).dispose();
    expect(await read(weight)).toEqual([22]); // and not the 21 that was read before
    captured.dispose();
    tf.dispose([weight, ...snapshots, ...batches]);
  });

  it('memory: tensors, bytes that they hold, and buffers stay what they were after the first replay', async () => {
    const training = createTraining('MLP', 'adam');
    const seen: (readonly [tensors: number, live: number | undefined, held: number | undefined])[] = [];
    await train(engine, training, 40, {
      isCaptured: true,
      between: async () => {
        await engine.sync();
        seen.push([tf.memory().numTensors, engine.ledger?.liveBytes, engine.ledger?.heldBytes]);
      },
    });
    expect(new Set(seen.slice(10).map(String)).size).toBe(1);
    training.dispose();
  });

  it('the pool: graphs that are let go leave what they held to the next', async () => {
    const held: (number | undefined)[] = [];
    const tensorCounts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const training = createTraining('MLP', 'sgd');
      await train(engine, training, 6, { isCaptured: true });
      training.dispose();
      await engine.sync();
      held.push(engine.ledger?.heldBytes);
      tensorCounts.push(tf.memory().numTensors);
    }
    expect(new Set(held.slice(1)).size).toBe(1);
    expect(new Set(tensorCounts.slice(1)).size).toBe(1);
  });
});

describe('refused, with its reason, and right all the same:', () => {
  it('an optimizer that has not made its slots', () => {
    const training = createTraining('MLP', 'adam');
    const batch = training.batch(0);
    const { outputs, notes } = backend.capture.record(batch, () => training.step(batch));
    expect(notes.refusal).toBe('a kernel writes into a tensor that was made on the CPU');
    backend.capture.release(notes);
    tf.dispose([...outputs, ...batch]);
    training.dispose();
  });

  it('random numbers', async () => {
    const { results, refusal } = await runs((x) => tf.add(x, tf.randomUniform([1], 0, 0.5)));
    expect(refusal).toBe('it draws random numbers on the CPU, such as those of tf.randomUniform');
    expect(results.map(Math.floor)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('numbers that come from the host and are others in every step', async () => {
    let gradient = 0;
    const { results, refusal } = await runs((x) => tf.add(x, tf.tensor1d([10 * gradient++])));
    expect(refusal).toBe('it uploads other numbers in every step, such as a mask or noise made on the CPU');
    expect(results).toEqual([0, 11, 22, 33, 44, 55]);
  });

  it('a value that is read in the step', async () => {
    const seen: Promise<unknown>[] = [];
    const { results, refusal } = await runs((x) => {
      const y = tf.mul(x, 2);
      seen.push(y.data());
      return y;
    });
    await Promise.all(seen);
    expect(refusal).toBe('it reads a value back');
    expect(results).toEqual([0, 2, 4, 6, 8, 10]);
  });

  it('a path that hangs on the data', async () => {
    const { results, refusal } = await runs((x) => ((x.dataSync()[0] ?? 0) > 2 ? tf.mul(x, -1) : tf.mul(x, 1)));
    expect(refusal).toBe('it reads a value back');
    expect(results.map(Math.abs)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results[5]).toBe(-5);
  });

  it('a path that hangs on a count', async () => {
    let count = 0;
    const { results, refusal } = await runs((x) => (count++ % 2 === 0 ? tf.add(x, x) : tf.mul(x, x)), 8);
    expect(refusal).toBe('it runs other GPU programs, or on other numbers, from one step to the next');
    expect(results).toEqual([0, 1, 4, 9, 8, 25, 12, 49]);
  });

  it('a tensor that is kept for later', async () => {
    const kept: Tensor[] = [];
    const { results, refusal } = await runs((x) => {
      kept.push(tf.keep(tf.mul(x, 3)));
      return tf.add(x, 0);
    });
    expect(refusal).toBe('it keeps a tensor for later');
    expect(results).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await Promise.all(kept.map(read))).flat()).toEqual([0, 3, 6, 9, 12, 15]);
    tf.dispose(kept);
  });

  it('a kernel that writes into a tensor made on the CPU, whose first value it would not have again', async () => {
    const wgsl = `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
struct Uniforms { size: u32 };
@group(0) @binding(2) var<uniform> uniforms: Uniforms;
@compute @workgroup_size(1) fn main() { sum[0] += x[0] * f32(uniforms.size); }`;
    const { results, refusal } = await runs((x) => {
      const sum: Scalar = tf.scalar(0);
      backend.dispatch({
        key: 'test_add_to',
        wgsl,
        tensors: [x.dataId, sum.dataId],
        uniforms: [{ type: 'uint32', data: [1] }],
        invocationCount: 1,
      });
      return sum;
    });
    expect(refusal).toBe('a kernel writes into a tensor that was made on the CPU');
    expect(results).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('a write into a buffer from the CPU that is not announced as part of every step', async () => {
    const parameter = tf.keep(tf.scalar(0));
    const write = (value: number) => {
      backend.flush();
      backend.internals.queue.writeBuffer(backend.bufferOf(parameter.dataId), 0, Float32Array.of(value));
    };
    let count = 0;
    const silently = await runs((x) => {
      write(count++);
      return tf.add(x, parameter);
    });
    expect(silently.refusal).toBe('it writes into a GPU buffer from the CPU');
    expect(silently.results).toEqual([0, 2, 4, 6, 8, 10]);
    count = 0;
    const announced = await runs((x) => {
      backend.everyStep(() => write(count++));
      return tf.add(x, parameter);
    });
    expect(announced.refusal).toBeNull();
    expect(announced.results).toEqual([0, 2, 4, 6, 8, 10]);
    parameter.dispose();
  });
});
