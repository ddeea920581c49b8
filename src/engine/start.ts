// Starts the engine: a GPUDevice of our own, with the features and limits that stock tfjs does not ask for (shader-f16, raised limits,
// more storage buffers per stage), and the LockstepBackend registered on it as tfjs's 'webgpu'. Without WebGPU it falls back to tfjs's
// CPU backend and says so in the report. One engine per worker: starting another one disposes the first.

import { PlaygroundError } from '../core/errors.ts';
import type { DeviceReport } from '../core/device-report.ts';
import { cacheBindGroups, cacheUniforms, orderPool } from './backend/bind-group-cache.ts';
import { LockstepBackend } from './backend/lockstep-backend.ts';
import { adapterReport, cpuReport, raisedLimits, wantedFeatures } from './adapter-report.ts';
import { autocastPolicy } from './f16/residency-policy.ts';
import type { F16Storage } from './f16/rewrite-wgsl.ts';
import { GpuLedger } from './gpu-ledger.ts';
import { answerPromptly } from './prompt-answers.ts';
import { tf } from './tf.ts';

export interface EngineOptions {
  /** Forces how f16 is stored; by default native where the adapter has shader-f16, else packed. */
  readonly f16?: F16Storage;
  /** `auto` where absent: WebGPU, or the CPU where there is none. */
  readonly backend?: 'auto' | 'webgpu' | 'cpu';
}

/** tfjs on one device. */
export interface Engine {
  readonly tf: typeof tf;
  /** Null on the CPU. */
  readonly backend: LockstepBackend | null;
  /** Null on the CPU. */
  readonly device: GPUDevice | null;
  /** The books of GPU memory; null on the CPU. */
  readonly ledger: GpuLedger | null;
  readonly report: DeviceReport;
  /** Resolves when the device is lost; stays pending on the CPU. */
  readonly lost: Promise<PlaygroundError>;
  /**
   * Runs a synchronous function with matrix products, convolutions and what flows between them in f16. Gradients taken inside run in f16
   * as well; losses, reductions and the gradients of weights stay f32. Throws `not-supported` on the CPU.
   */
  autocast<T>(run: () => T): T;
  /** Runs a synchronous function with every new tensor in f32, also inside `autocast`. */
  fullPrecision<T>(run: () => T): T;
  /** Submits recorded commands and resolves when the GPU has finished them. Throws the device's first error, if it ever had one. */
  sync(): Promise<void>;
  /** Throws the device's first error, if it ever had one. */
  check(): Promise<void>;
}

/** Starts tfjs. Throws `device-unavailable` where a device is refused, `not-supported` where a forced option cannot be had. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const wanted = options.backend ?? 'auto';
  if (wanted === 'cpu') return startOnCpu('The CPU backend was asked for.');
  const adapter = await requestAdapter();
  if (adapter !== null) return startOnGpu(adapter, options);
  const reason = globalThis.navigator?.gpu === undefined ? 'this browser offers no WebGPU' : 'WebGPU found no adapter';
  if (wanted === 'webgpu')
    throw new PlaygroundError(
      'device-unavailable',
      `startEngine: expected a WebGPU adapter, but ${reason}. Use a current browser, or the CPU.`,
    );
  return startOnCpu(`Running on the CPU, because ${reason}.`);
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  try {
    return (await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
  } catch (cause) {
    throw new PlaygroundError(
      'device-unavailable',
      `startEngine: expected a WebGPU adapter, got ${String(cause)}. Restart the browser, or update the graphics driver.`,
      {},
      { cause },
    );
  }
}

async function startOnGpu(adapter: GPUAdapter, options: EngineOptions): Promise<Engine> {
  const hasShaderF16 = adapter.features.has('shader-f16');
  const storage = options.f16 ?? (hasShaderF16 ? 'native' : 'packed');
  if (storage === 'native' && !hasShaderF16) {
    throw new PlaygroundError(
      'not-supported',
      "startEngine: expected an adapter with shader-f16 for native f16, got one without. Use 'packed'.",
    );
  }
  const device = await requestDevice(adapter);
  await answerPromptly(device);
  const ledger = new GpuLedger(device);
  cacheBindGroups(device);
  const backend = new LockstepBackend(device, adapter.info, storage);
  ledger.watchPool(backend.internals.bufferManager);
  orderPool(backend.internals.bufferManager);
  cacheUniforms(backend.internals);
  await register(backend);
  return {
    tf,
    backend,
    device,
    ledger,
    report: adapterReport(adapter, device, storage),
    lost: backend.errors.lost,
    autocast: (run) => backend.withPolicy(autocastPolicy, () => refusePromise(run())),
    fullPrecision: (run) => backend.withPolicy(null, () => refusePromise(run())),
    sync: async () => {
      backend.flush();
      await device.queue.onSubmittedWorkDone();
      await backend.errors.check();
    },
    check: () => backend.errors.check(),
  };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({ requiredFeatures: wantedFeatures(adapter), requiredLimits: raisedLimits(adapter) });
  } catch (cause) {
    throw new PlaygroundError(
      'device-unavailable',
      `startEngine: expected a GPU device, got ${String(cause)}. Close other tabs that use the GPU, or restart the browser.`,
      {},
      { cause },
    );
  }
}

async function register(backend: LockstepBackend): Promise<void> {
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 10);
  // Small tensors would otherwise be computed on the CPU, and timings and rounding would depend on their size.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  await activate('webgpu');
}

async function startOnCpu(note: string): Promise<Engine> {
  await activate('cpu');
  return {
    tf,
    backend: null,
    device: null,
    ledger: null,
    report: cpuReport(note),
    lost: new Promise(() => undefined),
    autocast: () => {
      throw new PlaygroundError('not-supported', 'autocast: expected a GPU for fp16, got the CPU backend. Use fp32 lanes here.');
    },
    fullPrecision: (run) => run(),
    sync: () => Promise.resolve(),
    check: () => Promise.resolve(),
  };
}

async function activate(name: 'webgpu' | 'cpu'): Promise<void> {
  if (await tf.setBackend(name)) return;
  throw new PlaygroundError(
    'device-unavailable',
    `startEngine: expected tfjs to start its ${name} backend, but it refused. Reload the page.`,
  );
}

function refusePromise<T>(value: T): T {
  if (value instanceof Promise)
    throw new PlaygroundError(
      'program-invalid',
      'autocast: expected a synchronous function, got one that returns a promise. Await outside of it.',
    );
  return value;
}
