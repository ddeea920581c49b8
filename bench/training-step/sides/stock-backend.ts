// tfjs's WebGPU backend as its own factory makes it (tfjs-backend-webgpu 4.22.0, src/base.ts): the same features and limits of a device of its own. The factory
// itself is gone from the registry, because src/engine/tf.ts takes it off. Of its features the one for textures is left out: no op here uses it, and Dawn in Node refuses the
// nested list in which it is asked for.

import { tf, WebGPUBackend } from '../../../src/engine/tf.ts';

const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Registers it as 'webgpu' and makes it the active one. Throws where WebGPU has no adapter. */
export async function startStockBackend(): Promise<void> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('stock: expected an adapter, got none.');
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  if (!(await tf.setBackend('webgpu'))) throw new Error('stock: expected tfjs to start its WebGPU backend, got a refusal.');
}
