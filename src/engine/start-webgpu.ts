// The engine on WebGPU: a GPUDevice of our own, with the features and limits that stock tfjs does not ask for (shader-f16, raised limits,
// more storage buffers per stage), and the LockstepBackend registered on it as tfjs's 'webgpu'.

import type { Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../core/errors.ts';
import type { HalfPass } from '../core/precision/precision-mode.ts';
import { adapterReport, raisedLimits, wantedFeatures } from './adapter-report.ts';
import { cacheBindGroups, cacheUniforms, orderPool } from './backend/bind-group-cache.ts';
import { LockstepBackend } from './backend/lockstep-backend.ts';
import { activate, refusePromise, unavailable } from './engine.ts';
import type { StartedEngine } from './engine.ts';
import { everywherePolicy } from './f16/everywhere-policy.ts';
import { keepInF16 } from './f16/kept-in-f16.ts';
import { autocastPolicy, bf16Policy } from './f16/residency-policy.ts';
import type { ResidencyPolicy } from './f16/residency-policy.ts';
import type { StoredForm } from './f16/halves-wgsl.ts';
import { GpuLedger } from './gpu-ledger.ts';
import { registerKernels } from './kernels/register.ts';
import { answerPromptly } from './prompt-answers.ts';
import { noteGradientPhases } from './timing/gradient-phases.ts';
import { tf } from './tf.ts';

const policies = { f16: autocastPolicy, 'f16-everywhere': everywherePolicy, bf16: bf16Policy } as const satisfies Readonly<
  Record<HalfPass, ResidencyPolicy>
>;

/**
 * Starts WebGPU; `f16` forces how f16 is stored and rounded: by default natively, where that is possible, and by the hardware. Throws `device-unavailable` where an adapter or a
 * device is refused, `not-supported` for native f16 without shader-f16, `internal` where tfjs lacks a member that the engine relies on.
 */
export async function startWebGpu(f16: Partial<StoredForm> = {}): Promise<StartedEngine> {
  const adapter = await requestAdapter();
  const hasShaderF16 = adapter.features.has('shader-f16');
  const form: StoredForm = { storage: hasShaderF16 ? 'native' : 'packed', rounding: 'hardware', ...f16 };
  if (form.storage === 'native' && !hasShaderF16) {
    throw new PlaygroundError(
      'not-supported',
      "startEngine: expected an adapter with shader-f16 for native f16, got one without. Use 'packed'.",
    );
  }
  const device = await requestDevice(adapter);
  await answerPromptly(device);
  const ledger = new GpuLedger(device);
  cacheBindGroups(device);
  const backend = new LockstepBackend(device, adapter.info, form);
  ledger.watchPool(backend.internals.bufferManager);
  orderPool(backend.internals.bufferManager);
  cacheUniforms(backend.internals);
  backend.capture.watchPool(backend.internals.bufferManager);
  await register(backend);
  const toF16 = (tensor: Tensor) => tf.engine().makeTensorFromTensorInfo(backend.toF16(tensor), backend);
  return {
    tf,
    backend,
    device,
    ledger,
    report: adapterReport(adapter, device, form),
    lost: backend.errors.lost,
    autocast: (run, pass = 'f16') => backend.withPolicy(policies[pass], () => refusePromise(run())),
    fullPrecision: (run) => backend.withPolicy(null, () => refusePromise(run())),
    toF16,
    isF16: (tensor) => backend.isF16(tensor),
    keepInF16: (variable) => keepInF16({ isF16: (tensor) => backend.isF16(tensor), toF16 }, variable),
    sync: async () => {
      backend.flush();
      await device.queue.onSubmittedWorkDone();
      await backend.errors.check();
    },
    check: () => backend.errors.check(),
    dispose: () => {
      if (tf.findBackend('webgpu') === backend) tf.removeBackend('webgpu');
      device.destroy();
    },
  };
}

async function requestAdapter(): Promise<GPUAdapter> {
  const gpu = globalThis.navigator?.gpu as GPU | undefined; // absent in many browsers, whatever the type says
  if (gpu === undefined) throw unavailable('this browser offers no WebGPU', 'Use a current browser.');
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter !== null) return adapter;
  } catch (cause) {
    throw unavailable(`WebGPU refused an adapter (${String(cause)})`, 'Restart the browser, or update the graphics driver.', cause);
  }
  throw unavailable('WebGPU found no adapter', 'Update the browser or its graphics driver.');
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({ requiredFeatures: wantedFeatures(adapter), requiredLimits: raisedLimits(adapter) });
  } catch (cause) {
    throw unavailable(
      `the WebGPU adapter refused a device (${String(cause)})`,
      'Close other tabs that use the GPU, or restart the browser.',
      cause,
    );
  }
}

async function register(backend: LockstepBackend): Promise<void> {
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 10);
  // Small tensors would otherwise be computed on the CPU, and timings and rounding would depend on their size.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  await activate('webgpu');
  registerKernels();
  noteGradientPhases();
}
