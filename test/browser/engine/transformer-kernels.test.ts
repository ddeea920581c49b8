// What the op cases cannot tell of the transformer's kernels: that dropout draws Philox's own bits, the same in the gradient and new ones in
// every call; that layers of tf.layers compute through our kernels; that the embedding's gradient has one order of adding.

import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/core/prng.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { dropoutKernel } from '../../../src/engine/kernels/dropout.ts';
import { attention } from '../../../src/engine/ops/attention.ts';
import { dropout } from '../../../src/engine/ops/dropout.ts';
import { gelu } from '../../../src/engine/ops/gelu.ts';
import { layerNorm } from '../../../src/engine/ops/layer-norm.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';

let engine: Engine;
let backend: LockstepBackend;
beforeAll(async () => {
  engine = await startEngine({ backend: 'webgpu' });
  if (engine.backend === null) throw new Error('no WebGPU');
  backend = engine.backend;
});

/** Philox 4x32-10 as in the paper, products in BigInt. */
function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let [k0 = 0, k1 = 0] = key;
  for (let round = 0; round < 10; round++) {
    const first = 0xd2511f53n * BigInt(c0);
    const second = 0xcd9e8d57n * BigInt(c2);
    const [high0, low0] = [Number(first >> 32n), Number(first & 0xffffffffn)];
    const [high1, low1] = [Number(second >> 32n), Number(second & 0xffffffffn)];
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    [k0, k1] = [(k0 + 0x9e3779b9) >>> 0, (k1 + 0xbb67ae85) >>> 0];
  }
  return [c0, c1, c2, c3];
}

/** Which of `size` values are kept at a rate, by the bits for this key. */
function maskOf(size: number, rate: number, key: readonly number[]): boolean[] {
  const blocks = Array.from({ length: Math.ceil(size / 4) }, (_, block) => philox([block, 0, 0, 0], key)).flat();
  return blocks.slice(0, size).map((bits) => bits >= rate * 2 ** 32);
}

const keptIn = async (dropped: Tensor) => Array.from(await dropped.data(), (value) => value !== 0);

describe('dropout on WebGPU', () => {
  it('is compared with a generator that gives the known answers of its authors', () => {
    const full = 0xffffffff;
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philox([full, full, full, full], [full, full])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    expect(philox(pi, [0xa4093822, 0x299f31d0])).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });

  it.each([
    { size: 4096, rate: 0.25, key: [0xdeadbeef, 7] },
    { size: 1001, rate: 0.5, key: [1, 0xffffffff] },
  ])('keeps of $size values those that the generator keeps, scaled by 1 / (1 − $rate)', async ({ size, rate, key }) => {
    const words = tf.tensor1d(Int32Array.from(key), 'int32');
    const values = await dropoutKernel(backend, tf.mul(tf.ones([size]), 3), words, rate).data();
    const expected = maskOf(size, rate, key).map((isKept) => (isKept ? Math.fround(3 * Math.fround(1 / (1 - rate))) : 0));
    expect(Array.from(values)).toEqual(expected);
  });

  it('drops new values in every call, the same ones for the same random numbers or the same seed, and in the gradient', async () => {
    const { random } = Math;
    const x = tf.ones([40, 25]);
    const drawn = async (seed: number) => {
      Math.random = createPrng(seed).next;
      return [await keptIn(dropout(x, 0.3)), await keptIn(dropout(x, 0.3))] as const;
    };
    try {
      const [first, second] = await drawn(1);
      expect(first).not.toEqual(second);
      expect(await drawn(1)).toEqual([first, second]);
      expect((await drawn(2))[0]).not.toEqual(first);
      expect(first.filter((isKept) => !isKept).length / first.length).toBeCloseTo(0.3, 1);
    } finally {
      Math.random = random;
    }
    const bySeed = async (seed: number) => keptIn(dropout(x, 0.3, undefined, seed));
    expect(await bySeed(5)).toEqual(await bySeed(5));
    expect(await bySeed(5)).not.toEqual(await bySeed(6));
    const { value, grad } = tf.valueAndGrad((input: Tensor) => dropout(input, 0.3))(x);
    expect(await grad.array()).toEqual(await value.array()); // x and dy are ones
  });

  it('decides once along the axes where the noise shape is 1', async () => {
    const rows = (await dropout(tf.ones([2, 3, 64]), 0.5, [2, 1, 64]).array()) as number[][][];
    for (const [first, ...others] of rows) for (const row of others) expect(row).toEqual(first);
  });
});

describe('layers of tf.layers on WebGPU', () => {
  const dispatchesOf = (run: () => Tensor): number => {
    const { dispatch } = backend;
    let count = 0;
    const program = backend.runWebGPUProgram.bind(backend);
    backend.dispatch = (call) => {
      count++;
      dispatch.call(backend, call);
    };
    backend.runWebGPUProgram = (...call) => {
      count++;
      return program(...call);
    };
    try {
      tf.tidy(() => void run());
    } finally {
      Reflect.deleteProperty(backend, 'dispatch');
      Reflect.deleteProperty(backend, 'runWebGPUProgram');
    }
    return count;
  };
  const layers = {
    'layer normalisation': tf.layers.layerNormalization({ gammaInitializer: 'randomNormal', betaInitializer: 'randomNormal' }),
    gelu: tf.layers.activation({ activation: 'gelu' }),
    'gelu by tanh': tf.layers.activation({ activation: 'gelu_new' }),
    dropout: tf.layers.dropout({ rate: 0.2 }),
  };

  it.each(Object.entries(layers))('%s is one dispatch', (_, layer) => {
    const x = tf.add(tf.randomNormal([6, 16]), 2);
    layer.apply(x); // builds it
    expect(dispatchesOf(() => layer.apply(x, { training: true }) as Tensor)).toBe(1);
  });

  it('layer normalisation has the values of the stock layer on the CPU', async () => {
    const values = Float32Array.from({ length: 6 * 16 }, (_, index) => Math.sin(index) + 2);
    const run = () => tf.layers.layerNormalization({ epsilon: 1e-2 }).apply(tf.tensor(values, [6, 16])) as Tensor;
    const got = await run().data();
    await tf.setBackend('cpu');
    const expected = await run().data();
    await tf.setBackend('webgpu');
    for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index] ?? NaN, 5);
  });
});

describe('under autocast on WebGPU', () => {
  const ops: Readonly<Record<string, readonly [op: (x: Tensor) => Tensor, isF16: boolean]>> = {
    attention: [(x) => attention(x, x, x, { heads: 2 }), true],
    gelu: [(x) => gelu(x), true],
    dropout: [(x) => dropout(x, 0.5), true],
    'layer normalisation': [(x) => layerNorm(x, tf.ones([16]), tf.zeros([16])), false],
  };
  it.each(Object.entries(ops))('the result of %s lives where the policy says', (_, [op, isF16]) => {
    const found = tf.tidy(() => {
      const x = engine.toF16(tf.ones([2, 8, 16]));
      return engine.isF16(engine.autocast(() => op(x)));
    });
    expect(found).toBe(isF16);
  });
});

it('the gradient of a looked-up table is the sum of its rows, to the bit the same every time', async () => {
  const ids = tf.tensor1d(
    Array.from({ length: 500 }, (_, index) => (index * index) % 7),
    'int32',
  );
  const dy = tf.randomNormal([500, 12], 0, 1, 'float32', 3);
  const gradient = async () =>
    tf
      .grad((table: Tensor) => tf.mul(tf.gather(table, ids), dy))(tf.ones([9, 12]))
      .array() as Promise<number[][]>;
  const first = await gradient();
  expect(await gradient()).toEqual(first);
  const rows = (await dy.array()) as number[][];
  const given = await ids.array();
  const expected = first.map((row, v) =>
    row.map((_, c) => rows.reduce((sum, other, n) => sum + (given[n] === v ? (other[c] ?? NaN) : 0), 0)),
  );
  first.forEach((row, v) => row.forEach((value, c) => expect(value).toBeCloseTo(expected[v]?.[c] ?? NaN, 4)));
});
