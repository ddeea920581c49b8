// A GPU program as tfjs's backend runs it, flat: inputs and output are passed as one-dimensional, the sizes as uniforms. tfjs keeps one
// pipeline for each key and rank, and a pipeline takes a driver up to seconds to build, so programs share it whatever the sizes.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { UniformField } from '../backend/internals.ts';
import type { FlattenedProgram } from '../timing/dispatch-notes.ts';
import type { WebGPUBackend } from '../tf.ts';

type KernelProgram = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** A program of ours. Its WGSL is `fn main(index : i32)`, reads its inputs by name and stores with `setOutputAtIndex`. */
export interface FlatProgram {
  /** Identifies the WGSL. The policy of f16 residency goes by its beginning (f16/residency-policy.ts). */
  readonly key: string;
  /** Name and number of components of an element, 1 or 4, of each input. */
  readonly inputs: readonly (readonly [name: string, components: 1 | 4])[];
  readonly outputComponents: 1 | 4;
  /** Fields of the uniform struct, as WGSL. */
  readonly uniformDeclaration: string;
  readonly uniforms: readonly UniformField[];
  /** Of the output. */
  readonly shape: readonly number[];
  readonly invocationCount: number;
  readonly wgsl: () => string;
}

const workgroupSize = 64;
/** WebGPU's own least limit for `maxComputeWorkgroupsPerDimension`. */
const mostGroups = 65_535;

/** Runs it on tensors of any shape; the result is float32. */
export function runFlat(backend: LockstepBackend, program: FlatProgram, inputs: readonly TensorInfo[]): TensorInfo {
  const groupCount = Math.max(1, Math.ceil(program.invocationCount / workgroupSize));
  const rows = Math.ceil(groupCount / mostGroups);
  const stock: KernelProgram & FlattenedProgram = {
    variableNames: program.inputs.map(([name]) => name),
    variableComponents: program.inputs.map(([, components]) => components),
    outputComponent: program.outputComponents,
    outputShape: [sizeOf(program.shape)],
    workgroupSize: [workgroupSize, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(groupCount / rows), rows, 1],
    uniforms: program.uniformDeclaration,
    shaderKey: program.key,
    getUserCode: program.wgsl,
    trueShapes: [...inputs.map(({ shape }) => shape), program.shape],
  };
  const flat = inputs.map(({ dataId, dtype, shape }) => ({ dataId, dtype, shape: [sizeOf(shape)] }));
  const { dataId } = backend.runWebGPUProgram(stock, flat, 'float32', [...program.uniforms]);
  return { dataId, dtype: 'float32', shape: [...program.shape] };
}

/** Whether a tensor is there and is what tfjs calls float32. */
export function isFloat(tensor: TensorInfo | null | undefined): tensor is TensorInfo {
  return tensor?.dtype === 'float32';
}

/** Whether a tensor has that shape. */
export function isShape({ shape }: TensorInfo, expected: readonly number[]): boolean {
  return shape.length === expected.length && shape.every((length, axis) => length === expected[axis]);
}

/** How many values an element of a buffer holds, of so many values or channels: four where that divides their number. */
export function componentsFor(count: number): 1 | 4 {
  return count % 4 === 0 ? 4 : 1;
}

/** WGSL type of an element. */
export function elementType(components: 1 | 4): 'f32' | 'vec4<f32>' {
  return components === 4 ? 'vec4<f32>' : 'f32';
}

/** WGSL suffixes of an element's components: one empty one for a scalar. */
export function partsOf(components: 1 | 4): readonly string[] {
  return components === 4 ? ['.x', '.y', '.z', '.w'] : [''];
}

/** WGSL lines, one for each of 0, 1, …, count - 1. */
export function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}
