// Runs a kernel of ours with one output through tfjs's own route, so that the f16 policy (by its key), the rewriter and capture see it like
// any program of tfjs's. Tensors go in and come out flat: what a kernel has to know of a shape is in its uniforms or in its key, and
// tensors of any rank share one pipeline.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../backend/lockstep-backend.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { UniformField } from '../backend/internals.ts';
import { tf } from '../tf.ts';

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

const workgroupSize = 64;
/** WebGPU's own least limit for `maxComputeWorkgroupsPerDimension`. */
const mostGroups = 65_535;
const wgslTypes = { int32: 'i32', uint32: 'u32', float32: 'f32' } as const;

/** The output, of the given shape. The caller disposes it; what is read stays the caller's. */
export function runProgram(backend: LockstepBackend, program: GpuProgram, inputs: readonly Tensor[], shape: readonly number[]): Tensor {
  const groupCount = Math.max(1, Math.ceil(program.invocationCount / workgroupSize));
  const rows = Math.ceil(groupCount / mostGroups);
  const fields = Object.entries(program.uniforms);
  const flat = (tensor: TensorInfo): TensorInfo => ({ dataId: tensor.dataId, dtype: tensor.dtype, shape: [sizeOf(tensor.shape)] });
  const output = backend.runWebGPUProgram(
    {
      shaderKey: program.key,
      variableNames: Object.keys(program.inputs),
      variableComponents: Object.values(program.inputs),
      outputShape: [sizeOf(shape)],
      outputComponent: program.outputComponents,
      uniforms: fields.map(([name, { type }]) => `${name} : ${wgslTypes[type]}, `).join(''),
      workgroupSize: [workgroupSize, 1, 1],
      dispatchLayout: { x: [0] },
      dispatch: [Math.ceil(groupCount / rows), rows, 1],
      getUserCode: () => program.wgsl,
    },
    inputs.map(flat),
    'float32',
    fields.map(([, { type, data }]) => ({ type, data: [...data] })),
  );
  return tf.engine().makeTensorFromTensorInfo({ ...output, shape: [...shape] }, backend);
}

/** 4 where a flat tensor of so many elements can be read as vectors of four, else 1. */
export function componentsOf(size: number): 1 | 4 {
  return size % 4 === 0 ? 4 : 1;
}

/** The WGSL type of so many f32. */
export function floatType(components: 1 | 4): 'f32' | 'vec4<f32>' {
  return components === 4 ? 'vec4<f32>' : 'f32';
}

export const int32 = (...data: number[]): UniformField => ({ type: 'int32', data });
export const uint32 = (...data: number[]): UniformField => ({ type: 'uint32', data });
export const float32 = (...data: number[]): UniformField => ({ type: 'float32', data });
