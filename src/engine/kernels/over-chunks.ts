// A look at every value of many tensors, in few dispatches and in one order: chunks of 1,024 values, each a workgroup's. What is done with the
// values is the caller's WGSL: the squared norm of all gradients (optim/fused/gradient-norm.ts), whether one overflowed
// (precision/finite-check.ts). No chunk reaches over two tensors, so that which values are added up together depends on the sizes alone.
//
// Kernel: the caller's buffers, then up to six tensors (32-bit words, or f16, of which two lie in one); uniforms: where this dispatch's chunks and
// tensors begin, then the tensors' sizes.
// Grid: one workgroup per chunk. Limits: six storage buffers and the caller's. Oracle: the callers'.

import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { flatEntryPoint, kernelWorkgroupSize, wgslOnce } from '../backend/raw-kernel.ts';

const chunkSize = kernelWorkgroupSize * 16;
const mostTensors = 6;

/** What is done with the values; the WGSL sees `lane`, the invocation's place in its workgroup. */
export interface ChunkProgram {
  readonly key: string;
  /** The caller's buffers, such as `var<storage, read> hyper: array<f32>`, in the order of `dataIds`. */
  readonly bindings: readonly string[];
  readonly dataIds: readonly object[];
  /** As what the values are read. */
  readonly type: 'f32' | 'u32';
  /** Module scope. */
  readonly declarations?: string;
  readonly start: string;
  /** Once per `value` of `tensor`, its place among all; every invocation takes 16 of its workgroup's chunk at most. */
  readonly each: string;
  /** Once per invocation, in uniform control flow; `chunk` is the workgroup's place among all chunks, `isMine` false beyond the last. */
  readonly end: string;
}

/** A tensor that is plain f32, or f16. */
export interface FloatValues {
  readonly dataId: object;
  readonly size: number;
  readonly isF16: boolean;
}

/** How many chunks these tensors have. */
export function chunkCountOf(tensors: readonly FloatValues[]): number {
  return tensors.reduce((sum, { size }) => sum + Math.ceil(size / chunkSize), 0);
}

/** Records the dispatches. */
export function dispatchOverChunks(backend: LockstepBackend, tensors: readonly FloatValues[], program: ChunkProgram): void {
  let first = 0;
  for (let from = 0; from < tensors.length; from += mostTensors) {
    const group = tensors.slice(from, from + mostTensors);
    const chunkCount = chunkCountOf(group);
    const halves = group.map(({ isF16 }) => isF16);
    const key = `${program.key}_${group.length}${halves.includes(true) ? `|f16:${halves.join(',')}` : ''}`;
    backend.dispatch({
      key,
      wgsl: wgslOnce(key, () => chunksWgsl(program, halves)),
      tensors: [...program.dataIds, ...group.map(({ dataId }) => dataId)],
      uniforms: [first, from, ...group.map(({ size }) => size)].map((value) => ({ type: 'uint32', data: [value] })),
      invocationCount: chunkCount * kernelWorkgroupSize,
    });
    first += chunkCount;
  }
}

function chunksWgsl({ bindings, type, declarations = '', start, each, end }: ChunkProgram, halves: readonly boolean[]): string {
  const tensors = [...halves.keys()];
  const load = (index: number) => {
    if (halves[index] !== true) return `values${index}[at]`;
    return `bitcast<${type}>(unpack2x16float(values${index}[at >> 1u])[at & 1u])`;
  };
  const all = [
    ...bindings,
    ...tensors.map((index) => `var<storage, read> values${index}: array<${halves[index] === true ? 'u32' : type}>`),
  ];
  const walk = (index: number) => `if (within < chunks(uniforms.size${index})) {
    let tensor = uniforms.firstTensor + ${index}u;
    let end = min((within + 1u) * ${chunkSize}u, uniforms.size${index});
    for (var at = within * ${chunkSize}u + lane; at < end; at += ${kernelWorkgroupSize}u) {
      let value = ${load(index)};
      ${each}
    }
    isMine = true;
  }
  within -= chunks(uniforms.size${index}); // wraps around where it was this one's, beyond all others`;
  return `struct Uniforms { first: u32, firstTensor: u32, ${tensors.map((index) => `size${index}: u32`).join(', ')} };
${all.map((binding, index) => `@group(0) @binding(${index}) ${binding};`).join('\n')}
@group(0) @binding(${all.length}) var<uniform> uniforms: Uniforms;
${declarations}
fn chunks(size: u32) -> u32 { return (size + ${chunkSize - 1}u) / ${chunkSize}u; }
${flatEntryPoint(`let chunk = uniforms.first + i / ${kernelWorkgroupSize}u;
  let lane = i % ${kernelWorkgroupSize}u;
  var within = chunk - uniforms.first;
  var isMine = false;
  ${start}
  ${tensors.map(walk).join('\n  ')}
  ${end}`)}`;
}
