// Dispatches a kernel of our own among tfjs's programs, in the same command encoder and therefore in order with them. tfjs's own route
// knows one writable output per program; this one binds any number of tensors, each readable or writable as its WGSL declares.

import type { BackendInternals, UniformField } from './internals.ts';

/** One dispatch. Bindings are the tensors in order, then the uniform struct. */
export interface KernelCall {
  /** Identifies the WGSL text; the pipeline is kept under it. */
  readonly key: string;
  /** The program, entry point `main`, workgroup size `kernelWorkgroupSize`. */
  readonly wgsl: string;
  /** Data ids; each has a buffer already or gets one. */
  readonly tensors: readonly object[];
  /** Those of them that it changes although they had values before. */
  readonly writes?: readonly object[];
  readonly uniforms: readonly UniformField[];
  /** How many invocations are needed; the grid is folded into two dimensions where one is not enough. */
  readonly invocationCount: number;
}

export const kernelWorkgroupSize = 64;

/** WGSL of an entry point whose body sees `i: u32`, the flat index; indices beyond the count occur. */
export function flatEntryPoint(body: string): string {
  return `@compute @workgroup_size(${kernelWorkgroupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * ${kernelWorkgroupSize}u + id.x;
  ${body}
}`;
}

const texts = new Map<string, string>();

/** WGSL that is put together from parts, once per key: a step has no time for it. */
export function wgslOnce(key: string, make: () => string): string {
  let text = texts.get(key);
  if (text === undefined) texts.set(key, (text = make()));
  return text;
}

/** Records the dispatch; it is submitted with tfjs's next batch. */
export function dispatchKernel(backend: BackendInternals, uploadToGPU: (dataId: object) => void, call: KernelCall): void {
  const { device } = backend;
  const entries: GPUBindGroupEntry[] = call.tensors.map((dataId, binding) => {
    uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
    const buffer = backend.tensorMap.get(dataId)?.resource;
    if (buffer === null || buffer === undefined) throw new Error(`kernel ${call.key}: tensor ${binding} has no buffer`);
    return { binding, resource: { buffer } };
  });
  entries.push({ binding: entries.length, resource: backend.makeUniforms(call.uniforms) });
  const key = `lockstep_${call.key}`;
  const pipeline = (backend.pipelineCache[key] ??= device.createComputePipeline({
    label: key,
    layout: 'auto',
    compute: { module: device.createShaderModule({ label: key, code: call.wgsl }), entryPoint: 'main' },
  }));
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const groupCount = Math.max(1, Math.ceil(call.invocationCount / kernelWorkgroupSize));
  const columns = Math.min(groupCount, device.limits.maxComputeWorkgroupsPerDimension);
  backend.ensureCommandEncoderReady();
  const pass = (backend.computePassEncoder ??= beginPass(backend));
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(columns, Math.ceil(groupCount / columns));
  backend.dispatchCountInPass++;
}

/** Submits everything recorded so far; nothing happens where nothing was. */
export function submitRecorded(backend: BackendInternals): void {
  if (backend.commandEncoder === null) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function beginPass(backend: BackendInternals): GPUComputePassEncoder {
  if (backend.commandEncoder === null) throw new Error('kernel: no command encoder');
  return backend.commandEncoder.beginComputePass();
}
