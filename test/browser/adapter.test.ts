// The ground the other browser tests stand on: that the adapter is the one the project's name promises.

import { expect, inject, test } from 'vitest';

test('WebGPU offers shader-f16 exactly where the adapter is said to have it', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  expect(adapter, `${inject('adapter')} gave no adapter`).not.toBeNull();
  expect(adapter?.features.has('shader-f16')).toBe(inject('hasShaderF16'));
});

test('a compute shader runs on the adapter and its result can be read', async () => {
  const device = await (await navigator.gpu.requestAdapter())?.requestDevice();
  if (device === undefined) throw new Error('requestDevice: expected a device, got no adapter.');
  const values = new Float32Array([1, 2, 3, 4]);
  const buffer = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const staging = device.createBuffer({ size: values.byteLength, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, values);
  const code =
    '@group(0) @binding(0) var<storage, read_write> v: array<f32>; @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { v[i] = v[i] * v[i]; }';
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, values.byteLength);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  expect([...new Float32Array(staging.getMappedRange())]).toEqual([1, 4, 9, 16]); // squares of small integers are exact in f32
  device.destroy();
});
