// A program of ours (kernel-program.ts) on tensors, with its uniforms by name. It takes tfjs's own route, so that the f16 policy (by its key),
// the rewriter and capture see it like any program of tfjs's.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { UniformField } from '../backend/internals.ts';
import { tf } from '../tf.ts';
import { runFlat } from './kernel-program.ts';

/** A kernel with one float output. */
export interface GpuProgram {
  /** Names the WGSL text: whatever is written into it as a constant is part of the key. */
  readonly key: string;
  /** Inputs by name, in order, and how many components an element of each has. */
  readonly inputs: Readonly<Record<string, 1 | 4>>;
  /** Components of an element of the output. */
  readonly outputComponents: 1 | 4;
  /** Fields of the uniform struct by name, in order, with their values. */
  readonly uniforms: Readonly<Record<string, UniformField>>;
  /** Functions, and `fn main(index : i32)`, which stores with `result[i] = v;` and sees more indices than were asked for. */
  readonly wgsl: string;
  readonly invocationCount: number;
}

const wgslTypes = { int32: 'i32', uint32: 'u32', float32: 'f32' } as const;

/** The output, of the given shape. The caller disposes it; what is read stays the caller's. */
export function runProgram(backend: LockstepBackend, program: GpuProgram, inputs: readonly Tensor[], shape: readonly number[]): Tensor {
  const { key, outputComponents, invocationCount, wgsl } = program;
  const fields = Object.entries(program.uniforms);
  const output = runFlat(
    backend,
    {
      key,
      inputs: Object.entries(program.inputs),
      outputComponents,
      uniformDeclaration: fields.map(([name, { type }]) => `${name} : ${wgslTypes[type]}, `).join(''),
      uniforms: fields.map(([, field]) => field),
      shape,
      invocationCount,
      wgsl: () => wgsl,
    },
    inputs,
  );
  return tf.engine().makeTensorFromTensorInfo(output, backend);
}

export const int32 = (...data: number[]): UniformField => ({ type: 'int32', data });
export const uint32 = (...data: number[]): UniformField => ({ type: 'uint32', data });
export const float32 = (...data: number[]): UniformField => ({ type: 'float32', data });
