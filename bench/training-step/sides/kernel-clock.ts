// What each kernel of a step takes on the device, by timestamp queries: the engine's own timed passes, put around the API's classes, so that it
// sees every library's dispatches, recorded or replayed. It costs one comparison per encoder while it does not run. A pass of one dispatch may
// take a little longer than its share of a pass of many.

import { TimedPasses } from '../../../src/engine/timing/timed-passes.ts';
import type { PassTimes } from '../../../src/engine/timing/timed-passes.ts';

/** One kernel, over all its dispatches while the clock ran. */
export interface KernelTime {
  /** The label of its pipeline. */
  readonly name: string;
  readonly dispatchCount: number;
  readonly ms: number;
}

/** Runs between `start` and `stop`. */
export interface KernelClock {
  start(): void;
  /** The longest first. Rejects where the device has no timestamps, or more was dispatched than there is room for. */
  stop(): Promise<readonly KernelTime[]>;
}

/** Wraps the classes of WebGPU, once per process and before any library makes a pipeline. */
export function installKernelClock(): KernelClock {
  let isRunning = false;
  let passes: TimedPasses<string> | null = null;
  const labels = new WeakMap<GPUComputePipeline, string>();
  const { createCommandEncoder, createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
  const nameOf = ({ label, compute }: GPUComputePipelineDescriptor): string =>
    [label, compute.module.label].find((name) => name !== undefined && name !== '') ?? 'unnamed';

  GPUDevice.prototype.createComputePipeline = function create(descriptor) {
    const pipeline = createComputePipeline.call(this, descriptor);
    labels.set(pipeline, nameOf(descriptor));
    return pipeline;
  };
  GPUDevice.prototype.createComputePipelineAsync = async function create(descriptor) {
    const pipeline = await createComputePipelineAsync.call(this, descriptor);
    labels.set(pipeline, nameOf(descriptor));
    return pipeline;
  };
  GPUDevice.prototype.createCommandEncoder = function create(descriptor) {
    const encoder = createCommandEncoder.call(this, descriptor);
    if (!isRunning) return encoder;
    if (!this.features.has('timestamp-query')) throw new Error('kernels: expected a device with timestamp-query, got one without.');
    passes ??= new TimedPasses(this, { dispatch: (pipeline) => labels.get(pipeline) ?? 'unnamed', copy: () => null });
    return passes.time(encoder);
  };
  return {
    start() {
      isRunning = true;
      passes = null;
    },
    async stop() {
      isRunning = false;
      return passes === null ? [] : byName(await passes.read());
    },
  };
}

function byName({ commands, untimedCount }: PassTimes<string>): readonly KernelTime[] {
  if (untimedCount > 0) throw new Error(`kernels: expected at most ${commands.length} dispatches, got ${commands.length + untimedCount}.`);
  const totals = new Map<string, { dispatchCount: number; ms: number }>();
  for (const { note, ms } of commands) {
    const total = totals.get(note) ?? { dispatchCount: 0, ms: 0 };
    totals.set(note, { dispatchCount: total.dispatchCount + 1, ms: total.ms + ms });
  }
  return [...totals].map(([name, total]) => ({ name, ...total })).toSorted((a, b) => b.ms - a.ms);
}
