// What to ask an adapter for, and what to say about it. Stock tfjs asks for neither shader-f16 nor more storage buffers per stage. Limits are
// raised to what the adapter has: a limit costs nothing until it is used, and models that fit the hardware should not be refused.

import type { StartedEngine } from './engine.ts';
import type { StoredForm } from './f16/halves-wgsl.ts';

const features = ['shader-f16', 'timestamp-query'] as const;

const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxUniformBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** The features to request: those of ours that the adapter has. */
export function wantedFeatures(adapter: GPUAdapter): GPUFeatureName[] {
  return features.filter((feature) => adapter.features.has(feature));
}

/** The limits to request: the adapter's own. */
export function raisedLimits(adapter: GPUAdapter): Record<string, number> {
  return Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]]));
}

/** The report of a device. */
export function adapterReport(adapter: GPUAdapter, device: GPUDevice, { storage, rounding }: StoredForm): StartedEngine['report'] {
  const { vendor, architecture, device: model, description } = adapter.info;
  const notes = [];
  if (!adapter.features.has('shader-f16'))
    notes.push('This adapter has no shader-f16: fp16 is packed, 16-bit storage with f32 arithmetic.');
  else if (storage === 'packed') notes.push('Packed fp16 was asked for although the adapter has shader-f16.');
  if (adapter.info.isFallbackAdapter) notes.push('The adapter is a software fallback: correct, and slow.');
  return {
    backend: 'webgpu',
    adapter: { vendor, architecture, device: model, description },
    f16: storage,
    f16Rounding: rounding,
    features: [...device.features].sort(),
    limits: Object.fromEntries(limits.map((limit) => [limit, device.limits[limit]])),
    notes,
  };
}
