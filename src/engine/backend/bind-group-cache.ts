// Reuses bind groups, uniform buffers and, in the same order each time, pooled buffers. tfjs makes a new bind group and writes a uniform buffer for every dispatch, some 170 a step
// for a small CNN. A training step repeats itself: the same programs, the same shapes and, since buffers come from a pool, the same
// buffers. Reuse saves the JavaScript, and on Mesa's CPU driver it saves the process: there every bind group is a memory mapping of its
// own until the garbage collector finds it, and ten replicas ran into the kernel's limit of 65,530 mappings within forty steps.

import type { BackendInternals, BufferPool, UniformField } from './internals.ts';

/** Enough for the distinct dispatches of several large models; beyond it the cache starts anew. */
const mostBindGroups = 8192;
const mostUniforms = 4096;

/** Makes `device` return the bind group it made before for the same layout and buffers. Must come before the first pipeline. */
export function cacheBindGroups(device: GPUDevice): void {
  const createComputePipeline = device.createComputePipeline.bind(device);
  const createBindGroup = device.createBindGroup.bind(device);
  const cached = new Map<string, GPUBindGroup>();
  const ids = new WeakMap<object, number>();
  let nextId = 0;
  const idOf = (object: object): number => {
    let id = ids.get(object);
    if (id === undefined) ids.set(object, (id = nextId++));
    return id;
  };

  device.createComputePipeline = (descriptor) => {
    const pipeline = createComputePipeline(descriptor);
    const getBindGroupLayout = pipeline.getBindGroupLayout.bind(pipeline);
    const layouts: GPUBindGroupLayout[] = [];
    pipeline.getBindGroupLayout = (index) => (layouts[index] ??= getBindGroupLayout(index)); // else a new object at every call
    return pipeline;
  };

  device.createBindGroup = (descriptor) => {
    let key = `${idOf(descriptor.layout)}`;
    for (const { binding, resource } of descriptor.entries) {
      const { buffer, offset = 0, size = -1 } = resource as Partial<GPUBufferBinding>;
      if (buffer === undefined) return createBindGroup(descriptor); // a texture takes part
      key += `|${binding}:${idOf(buffer)}:${offset}:${size}`;
    }
    let group = cached.get(key);
    if (group === undefined) {
      group = createBindGroup(descriptor);
      if (cached.size >= mostBindGroups) cached.clear();
      cached.set(key, group);
    }
    return group;
  };
}

/** Makes the backend keep one uniform buffer per content. */
export function cacheUniforms(backend: BackendInternals): void {
  const makeUniforms = backend.makeUniforms.bind(backend);
  const cached = new Map<string, GPUBufferBinding>();
  backend.makeUniforms = (fields) => {
    const key = fields.map(fieldKey).join('|');
    let binding = cached.get(key);
    if (binding === undefined) {
      binding = makeUniforms(fields);
      const pending = backend.uniformPendingDisposal;
      if (cached.size >= mostUniforms) {
        for (const { buffer } of cached.values()) pending.push(buffer);
        cached.clear();
      }
      pending.splice(pending.indexOf(binding.buffer), 1); // tfjs would give it back to the pool at the next submit
      cached.set(key, binding);
    }
    return binding;
  };
}

/**
 * Makes tfjs's pool hand out the free buffer that was made first. Which buffer an op gets then depends only on what is alive, so
 * every step of a loop gets the same ones, and the bind groups of the step before fit.
 */
export function orderPool(pool: BufferPool): void {
  const release = pool.releaseBuffer.bind(pool);
  const ages = new WeakMap<GPUBuffer, number>();
  let nextAge = 0;
  const ageOf = (buffer: GPUBuffer): number => {
    let age = ages.get(buffer);
    if (age === undefined) ages.set(buffer, (age = nextAge++));
    return age;
  };
  pool.releaseBuffer = (buffer, reuse = true) => {
    release(buffer, reuse);
    const free = reuse ? pool.freeBuffers.get(`${buffer.size}_${buffer.usage}`) : undefined;
    if (free === undefined) return;
    // It was pushed at the end, from where the pool pops: move it to its place, oldest last.
    let at = free.length - 1;
    for (let before = free[at - 1]; at > 0 && before !== undefined && ageOf(before) < ageOf(buffer); before = free[--at - 1])
      free[at] = before;
    free[at] = buffer;
  };
}

function fieldKey({ type, data }: UniformField): string {
  return `${type}:${data.join(',')}`;
}
