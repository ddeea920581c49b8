// Plan: weights, and with fp16-pure all else, in f16 on the GPU. What an update leaves there is NumPy's f16 to the bit, whatever the sizes and the values; the buffers are half as
// large; a clone keeps what it had. bf16 is rounded by its bits, where f16 would be stored. That recorded steps in f16 end with the bits of eager ones is in captured-lanes.test.ts.

import { beforeAll, describe, expect, it } from 'vitest';
import { trainRounded } from '../../../src/cli/reference/families/rounded-mlp.ts';
import { firstDifference } from '../../../src/cli/reference/compare-fields.ts';
import { floatFormats, roundToFormat } from '../../../src/core/float-formats.ts';
import { roundToFloat16 } from '../../../src/core/float16.ts';
import { isPrecision } from '../../../src/core/precision/precision-modes.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createOptimizer } from '../../../src/engine/optim/create-optimizer.ts';
import { parseOptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { keepState, keepWeights } from '../../../src/train/in-precision.ts';
import { mlp, transformer } from '../../support/tiny-experiments.ts';
import { trainLane } from '../../support/train-in-node.ts';
import cases from '../../reference/precision-modes.json' with { type: 'json' };

/** Every f32 exponent with the fractions where rounding turns: ties, just beside them, all ones; both signs. */
function turningPoints(): Float32Array {
  const fractions = [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x2000, 0x3000, 0x3001, 0x400000, 0x600000, 0x7fefff, 0x7ff000, 0x7fffff];
  const words: number[] = [];
  for (let exponent = 1; exponent < 255; exponent++)
    for (const fraction of fractions) for (const sign of [0, 0x80000000]) words.push((sign | (exponent << 23) | fraction) >>> 0);
  return new Float32Array(Uint32Array.from(words).buffer);
}

const keptWeights = cases.flatMap(({ id, input, expected }) => {
  const { w0, grads, optimizer, precision } = input;
  const after = expected.w_after_each_step;
  return w0 === undefined || grads === undefined || after === undefined ? [] : [[id, { precision, w0, grads, optimizer, after }] as const];
});

let engine: Engine;
let backend: LockstepBackend;
beforeAll(async () => {
  engine = await startEngine({ backend: 'webgpu' });
  if (engine.backend === null) throw new Error('asked for by name');
  ({ backend } = engine);
});

describe('weights in f16', () => {
  it.each(keptWeights)('are updated as NumPy does it: %s', async (_, { precision, w0, grads, optimizer: spec, after }) => {
    if (!isPrecision(precision)) throw new Error(precision);
    const optimizer = createOptimizer(parseOptimizerSpec(spec));
    const weight = tf.variable(tf.tensor1d(w0));
    keepWeights(engine, precision, [weight]);
    keepState(engine, precision, optimizer);
    for (const [step, gradient] of grads.entries()) {
      tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.tensor1d(gradient) }));
      expect([...(await weight.data())]).toEqual(after[step]);
    }
  });

  it.each([0, 1])('are rounded by integers: every kind of value, and %i beyond whole fours', async (more) => {
    const values = Float32Array.from([...turningPoints(), Infinity, -Infinity, NaN, 0].slice(0, more === 0 ? undefined : -3));
    const weight = tf.variable(tf.zeros([values.length]));
    engine.keepInF16(weight);
    tf.tidy(() => tf.train.sgd(1).applyGradients({ [weight.name]: tf.tensor1d(values.map((value) => -value)) }));
    // 0 − (−v) has the sign of v, but for −0.
    expect(Array.from(await weight.data(), (value) => value + 0)).toEqual(Array.from(values, (value) => roundToFloat16(value) + 0));
  });

  it('take half the bytes, also where a copy of them is kept, which does not change', async () => {
    const weight = tf.variable(tf.ones([40, 25]));
    engine.keepInF16(weight);
    expect(backend.bufferBytes(weight.dataId)).toBe(2000);
    const snapshot = weight.clone();
    tf.tidy(() => tf.train.sgd(1).applyGradients({ [weight.name]: tf.ones([40, 25]) }));
    expect(backend.bufferBytes(weight.dataId)).toBe(2000);
    expect((await weight.data())[0]).toBe(0);
    expect((await snapshot.data())[0]).toBe(1);
    weight.assign(tf.mul(tf.ones([40, 25]), 0.1));
    expect(backend.bufferBytes(weight.dataId)).toBe(2000);
    expect((await weight.data())[999]).toBe(roundToFloat16(0.1));
  });
});

describe('everything in f16', () => {
  it('is what a pass of a transformer leaves: every gradient is stored in f16, and so is the loss', async () => {
    const model = await transformer.model();
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // a LayerVariable reads as its variable
    for (const variable of variables) engine.keepInF16(variable);
    const { value, grads } = tf.tidy(() =>
      engine.autocast(
        () => tf.variableGrads(() => (model.apply(tf.ones([4, 6]), { training: true }) as tf.Tensor).square().mean().asScalar(), variables),
        'f16-everywhere',
      ),
    );
    const plain = Object.entries({ ...grads, loss: value }).filter(([, tensor]) => !engine.isF16(tensor));
    expect(plain.map(([name]) => name)).toEqual([]);
    expect(Number.isFinite((await value.data())[0])).toBe(true);
  });

  it('takes two bytes for a weight, and as many for each of its slots', async () => {
    const { bytes, weights } = await trainLane({ ...mlp, steps: 2 }, '1xfp16-pure', { engine });
    const halves = weights.reduce((sum, { length }) => sum + Math.ceil(length / 4) * 8, 0); // padded to fours
    expect(bytes?.weights).toBe(halves);
    expect(bytes?.optimizer).toBe(halves + 196); // one slot a weight, and the hyper-parameters
  });
});

describe('bf16', () => {
  it('is rounded by integers, in what a product reads and in what it gives', async () => {
    const fractions = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x10000, 0x17fff, 0x18000, 0x18001, 0x7f7fff, 0x7f8000, 0x7fffff];
    const words = Array.from({ length: 253 }, (_, index) => fractions.map((fraction) => ((index + 1) << 23) | fraction)).flat();
    const values = new Float32Array(Uint32Array.from(words).buffer);
    const product = engine.autocast(() => tf.matMul(tf.tensor2d(values, [values.length, 1]), tf.ones([1, 2])), 'bf16');
    const rounded = Array.from(values, (value) => roundToFormat(value, floatFormats.bf16));
    expect(((await product.array()) as number[][]).map(([value]) => value)).toEqual(rounded);
    expect(engine.isF16(product)).toBe(false);
  });

  it('is recorded, and replayed with the bits of eager steps', async () => {
    const captured = await trainLane({ ...mlp, steps: 10 }, '1xbf16', { engine });
    const eager = await trainLane({ ...mlp, steps: 10 }, '1xbf16+eager', { engine });
    expect(captured.execution).toBe('captured');
    expect(captured.log).toEqual(eager.log);
    expect(captured.weights).toEqual(eager.weights);
    expect(captured.weights).not.toEqual((await trainLane({ ...mlp, steps: 10 }, '1xfp32', { engine })).weights);
  });

  it('trains a small network with the roundings of autocast, as NumPy does it', async () => {
    const given = cases.find(({ id }) => id === 'modes/bf16-mlp');
    if (given === undefined) throw new Error('no such case');
    const { seed = 0, learningRate = 0, steps = 0 } = given.input;
    const got = await trainRounded(engine, 'bf16', { seed, learningRate, steps });
    expect(firstDifference(got, given.expected, given.tol)).toBe(null);
  });
});
