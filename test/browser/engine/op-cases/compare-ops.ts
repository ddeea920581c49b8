// The body of every op-case test: forward value and gradients on the CPU backend (the oracle), then on WebGPU in f32, then with every
// float output forced into f16, native where the adapter has shader-f16 and packed everywhere.

import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { ResidencyPolicy } from '../../../../src/engine/f16/residency-policy.ts';
import type { Engine } from '../../../../src/engine/engine.ts';
import { startEngine, type EngineOptions } from '../../../../src/engine/start.ts';
import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

/** Everything in f16 that can be; `fill` makes the zeros that atomic programs add to. */
export const forceF16: ResidencyPolicy = {
  castsInput: () => true,
  outputsF16: ({ shaderKey, outputSize }) => outputSize > 0 && shaderKey !== 'fill',
};

interface Outcome {
  readonly shape: readonly number[];
  readonly value: Float32Array;
  readonly gradients: readonly Float32Array[];
}

// Of the largest value. Summation order differs between backends, and llvmpipe's exp is a polynomial (1.2e-4 measured in logSumExp).
const f32Tolerance = 2e-4;
// Some forty f16 roundings (2^-11 each): every intermediate tensor is rounded, and gradients pass through several.
const f16Tolerance = 2e-2;

/** Declares the tests of a list of cases. */
export function compareOps(topic: string, cases: readonly OpCase[]): void {
  compareIn(`${topic} in f32`, cases, { f16: 'packed' }, null, f32Tolerance);
  compareIn(`${topic} forced to packed f16`, cases, { f16: 'packed' }, forceF16, f16Tolerance);
  // SwiftShader has no shader-f16; the llvmpipe project covers native.
  if (inject('hasShaderF16')) compareIn(`${topic} forced to native f16`, cases, { f16: 'native' }, forceF16, f16Tolerance);
}

function compareIn(
  title: string,
  cases: readonly OpCase[],
  options: EngineOptions,
  policy: ResidencyPolicy | null,
  tolerance: number,
): void {
  // oxlint-disable-next-line vitest/valid-title -- the caller's title is a string
  describe(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine({ ...options, backend: 'webgpu' });
    });
    it.each(cases.map((opCase) => [opCase.name, opCase] as const))('%s agrees with the CPU backend', async (_, opCase) => {
      await tf.setBackend('cpu');
      const expected = await outcome(opCase, null);
      await tf.setBackend('webgpu');
      const got = await outcome(opCase, (run) => engine.backend?.withPolicy(policy, run) ?? run());
      await engine.check();
      expect(got.shape).toEqual(expected.shape);
      const errors = [
        relativeError(got.value, expected.value),
        ...expected.gradients.map((gradient, index) => relativeError(got.gradients[index], gradient)),
      ];
      expect(Math.max(...errors), `forward, then gradients: ${errors.join(', ')}`).toBeLessThan(tolerance);
    });
  });
}

async function outcome(opCase: OpCase, scope: ((run: () => Tensor[]) => Tensor[]) | null): Promise<Outcome> {
  const compute = (): Tensor[] => {
    const inputs = opCase.inputs.map(({ shape, values }) => tf.tensor(values, [...shape], 'float32'));
    const value = opCase.run(...inputs);
    if (opCase.noGradient !== undefined) return [value];
    const weighted = (...parts: Tensor[]) => {
      const output = tf.cast(opCase.run(...parts), 'float32');
      return tf.sum(tf.mul(output, tf.tensor(uniform([output.size], 99).values, output.shape)));
    };
    return [value, ...tf.grads(weighted)(inputs)];
  };
  const [value, ...gradients] = tf.tidy(() => (scope === null ? compute() : scope(compute)));
  if (value === undefined) throw new Error('no output');
  const read = async (tensor: Tensor) => Float32Array.from(await tensor.data());
  const result = { shape: value.shape, value: await read(value), gradients: await Promise.all(gradients.map(read)) };
  tf.dispose([value, ...gradients]);
  return result;
}

/** The largest difference over the largest expected magnitude; NaN, which no bound accepts, where only one side is NaN. */
function relativeError(got: Float32Array | undefined, expected: Float32Array): number {
  if (got?.length !== expected.length) return NaN;
  let difference = 0;
  let magnitude = 0;
  expected.forEach((value, index) => {
    const other = got[index] ?? NaN;
    if (Number.isNaN(value) && Number.isNaN(other)) return;
    difference = Math.max(difference, Math.abs(value - other));
    magnitude = Math.max(magnitude, Math.abs(value));
  });
  return difference / (magnitude === 0 ? 1 : magnitude);
}
