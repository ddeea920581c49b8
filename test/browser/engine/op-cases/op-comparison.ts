// An op case on the CPU backend (the oracle) and on WebGPU: forward value and gradients, in f32, then with every float output forced into
// f16, native where the adapter has shader-f16 and packed everywhere. Nothing of a test runner is in here: the long checks run it in
// browsers that have none.

import type { Tensor } from '@tensorflow/tfjs';
import type { ResidencyPolicy } from '../../../../src/engine/f16/residency-policy.ts';
import type { F16Storage } from '../../../../src/engine/f16/halves-wgsl.ts';
import type { Engine } from '../../../../src/engine/engine.ts';
import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

/** How the floats of a case are stored on WebGPU, and how far it may then be from the CPU. */
export interface OpMode {
  readonly title: string;
  readonly f16: F16Storage;
  readonly policy: ResidencyPolicy | null;
  /** Of the largest value. */
  readonly tolerance: number;
}

/** Everything in f16 that can be. */
const forceF16: ResidencyPolicy = { format: 'f16', castsInput: () => true, outputsF16: ({ outputSize }) => outputSize > 0 };

// Summation order differs between backends, and llvmpipe's exp is a polynomial (1.2e-4 measured in logSumExp).
const f32Tolerance = 2e-4;
// Some forty f16 roundings (2^-11 each): every intermediate tensor is rounded, and gradients pass through several.
const f16Tolerance = 2e-2;

/** The modes that an adapter has. */
export function opModes(hasShaderF16: boolean): readonly OpMode[] {
  return [
    { title: 'in f32', f16: 'packed', policy: null, tolerance: f32Tolerance },
    { title: 'forced to packed f16', f16: 'packed', policy: forceF16, tolerance: f16Tolerance },
    ...(hasShaderF16 ? ([{ title: 'forced to native f16', f16: 'native', policy: forceF16, tolerance: f16Tolerance }] as const) : []),
  ];
}

/** What WebGPU made of a case beside the CPU. */
export interface OpComparison {
  readonly shape: readonly number[];
  readonly expectedShape: readonly number[];
  /** Of the value, then of each gradient, relative to the largest expected magnitude; NaN where only one side is NaN. */
  readonly errors: readonly number[];
  /** What is f32 although it was to be f16, as sentences in order; empty without a policy. */
  readonly stayedF32: readonly string[];
}

/** Runs a case on both backends; leaves WebGPU active. Throws the device's first error. */
export async function compareWithCpu(engine: Engine, opCase: OpCase, policy: ResidencyPolicy | null): Promise<OpComparison> {
  await tf.setBackend('cpu');
  const expected = await outcome(opCase, (run) => run());
  await tf.setBackend('webgpu');
  engine.backend?.f32Programs.clear();
  const plain: string[] = [];
  const got = await outcome(opCase, (run) => {
    const tensors = engine.backend?.withPolicy(policy, run) ?? run();
    const isF32 = (tensor: Tensor): boolean => tensor.dtype === 'float32' && tensor.size > 0 && !engine.isF16(tensor);
    plain.push(...tensors.flatMap((tensor, index) => (isF32(tensor) ? [`${index === 0 ? 'the value' : `gradient ${index}`} is f32`] : [])));
    return tensors;
  });
  const atomic = [...(engine.backend?.f32Programs ?? [])].map((program) => `${program} adds with atomics`);
  await engine.check();
  const errors = [
    relativeError(got.value, expected.value),
    ...expected.gradients.map((gradient, index) => relativeError(got.gradients[index], gradient)),
  ];
  const stayedF32 = policy === null ? [] : [...atomic.toSorted(), ...plain];
  return { shape: got.shape, expectedShape: expected.shape, errors, stayedF32 };
}

interface Outcome {
  readonly shape: readonly number[];
  readonly value: Float32Array;
  readonly gradients: readonly Float32Array[];
}

async function outcome(opCase: OpCase, scope: (run: () => Tensor[]) => Tensor[]): Promise<Outcome> {
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
  const [value, ...gradients] = tf.tidy(() => scope(compute));
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
