// tfjs splits a matrix product with a long inner dimension (2,000 and more, few outputs) into pieces of 128 that add themselves up with
// atomics, in whatever order the workgroups happen to end. The last bits then differ from run to run: the default experiment, whose
// first layer's gradient sums over 2,048 patches, ended with another weights hash every time (Chromium and Firefox alike), and "the
// same seed gives the same bits" was not true. The program is kept, and one workgroup gets the whole inner dimension: a single
// addition to a zeroed output has one order.

import type { WebGPUBackend } from '../tf.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type ProgramUniforms = Parameters<WebGPUBackend['runWebGPUProgram']>[3];

/** The fields of tfjs 4.22.0's MatMulSplitKProgram that decide how the inner dimension is split. */
type SplitProgram = Program & { splitedDimInner: number; elementsPerThread: [number, number, number] };

/** Inner values that a workgroup takes in at a time. */
const tileInner = 32;

/** Makes a split-K matrix product add in one order; leaves every other program alone. `uniforms` are outer A, outer B, inner. */
export function sumOnce(program: Program, uniforms: ProgramUniforms): void {
  if (!isSplit(program)) return;
  const inner = uniforms?.[2]?.data[0] ?? 0;
  if (inner <= program.splitedDimInner) return;
  program.splitedDimInner = Math.ceil(inner / tileInner) * tileInner;
  program.elementsPerThread[2] = program.splitedDimInner;
  program.dispatch[2] = 1; // it takes a batch of one only
  program.shaderKey += `_whole${program.splitedDimInner}`;
}

function isSplit(program: Program): program is SplitProgram {
  return program.shaderKey.startsWith('matMulSplitK_') && 'splitedDimInner' in program && 'elementsPerThread' in program;
}
