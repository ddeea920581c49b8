// What each kernel of a step takes on the device, by timestamp queries (WebGPU, section 20.4): while the clock runs, every dispatch gets a compute pass of its
// own with a timestamp at either end. It wraps the API's own classes, so that it sees every library's dispatches, recorded or replayed, and costs one
// comparison per pass while it does not run. A pass of one dispatch may take a little longer than its share of a pass of many.

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
  /** The longest first. Rejects where the device has no timestamps, or more was dispatched than a query set holds. */
  stop(): Promise<readonly KernelTime[]>;
}

/** Timestamps of one start-to-stop, on the device that dispatched. */
interface Recording {
  readonly device: GPUDevice;
  readonly queries: GPUQuerySet;
  /** One per dispatch, which has queries 2i and 2i + 1. */
  readonly names: string[];
}

/** Query sets hold no more (WebGPU, section 20.1). */
const mostQueries = 4096;
const bytesPerTimestamp = 8;
const nanosecondsPerMs = 1e6;

/** Wraps the classes of WebGPU, once per process and before any library makes a pipeline. */
export function installKernelClock(): KernelClock {
  let isRunning = false;
  let recording: Recording | null = null;
  const labels = new WeakMap<GPUComputePipeline, string>();
  const deviceOf = new WeakMap<GPUCommandEncoder, GPUDevice>();
  const { createCommandEncoder, createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
  const { beginComputePass } = GPUCommandEncoder.prototype;
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
    deviceOf.set(encoder, this);
    return encoder;
  };
  GPUCommandEncoder.prototype.beginComputePass = function begin(descriptor) {
    const device = deviceOf.get(this);
    if (!isRunning || device === undefined) return beginComputePass.call(this, descriptor);
    const { queries, names } = (recording ??= { device, queries: createQueries(device), names: [] });
    return passPerDispatch((pipeline) => {
      const at = 2 * names.push(labels.get(pipeline) ?? 'unnamed') - 2;
      if (at + 1 >= mostQueries) return beginComputePass.call(this); // counted, and refused at the end
      const timestampWrites = { querySet: queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
      return beginComputePass.call(this, { timestampWrites });
    });
  };
  return {
    start() {
      isRunning = true;
      recording = null;
    },
    async stop() {
      isRunning = false;
      const times = recording === null ? [] : await readTimes(recording);
      recording?.queries.destroy();
      return times;
    },
  };
}

function createQueries(device: GPUDevice): GPUQuerySet {
  if (!device.features.has('timestamp-query')) throw new Error('kernels: expected a device with timestamp-query, got one without.');
  return device.createQuerySet({ type: 'timestamp', count: mostQueries });
}

/** Looks like a compute pass to whoever records; begins a real one, told its pipeline, for every dispatch. */
function passPerDispatch(begin: (pipeline: GPUComputePipeline) => GPUComputePassEncoder): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | null = null;
  const groups = new Map<number, GPUBindGroup | null>();
  const pass: Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'end'> = {
    setPipeline(next) {
      pipeline = next;
    },
    setBindGroup(index: number, group: GPUBindGroup | null | undefined) {
      groups.set(index, group ?? null);
    },
    dispatchWorkgroups(x, y, z) {
      if (pipeline === null) throw new Error('kernels: expected a pipeline before a dispatch, got none.');
      const real = begin(pipeline);
      real.setPipeline(pipeline);
      for (const [index, group] of groups) real.setBindGroup(index, group);
      real.dispatchWorkgroups(x, y, z);
      real.end();
    },
    end: () => undefined,
  };
  // The libraries call nothing else of a pass; what did would fail loudly.
  return pass as GPUComputePassEncoder;
}

/** Adds up the times by name. */
async function readTimes({ device, queries, names }: Recording): Promise<readonly KernelTime[]> {
  if (2 * names.length > mostQueries) throw new Error(`kernels: expected at most ${mostQueries / 2} dispatches, got ${names.length}.`);
  const size = 2 * names.length * bytesPerTimestamp;
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const mapped = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(queries, 0, 2 * names.length, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
  device.queue.submit([encoder.finish()]);
  await mapped.mapAsync(GPUMapMode.READ);
  const stamps = new BigUint64Array(mapped.getMappedRange().slice(0));
  for (const buffer of [resolved, mapped]) buffer.destroy();
  const byName = new Map<string, { dispatchCount: number; ms: number }>();
  for (const [index, name] of names.entries()) {
    const total = byName.get(name) ?? { dispatchCount: 0, ms: 0 };
    const nanoseconds = Number((stamps[2 * index + 1] ?? 0n) - (stamps[2 * index] ?? 0n));
    byName.set(name, { dispatchCount: total.dispatchCount + 1, ms: total.ms + nanoseconds / nanosecondsPerMs });
  }
  return [...byName].map(([name, total]) => ({ name, ...total })).toSorted((a, b) => b.ms - a.ms);
}
