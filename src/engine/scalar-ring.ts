// Scalars of many steps, read back together. A read-back of four bytes makes the device and the host wait for each other; a copy of four
// bytes on the device costs nothing. So every scalar is copied into a ring on the GPU as it is at that moment, and the ring is read ten
// times a second, or when it is full: every step's value arrives, a little later.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from './backend/lockstep-backend.ts';
import type { Engine } from './engine.ts';
import { tf } from './tf.ts';

const capacity = 512;
const readIntervalMs = 100;
const bytesPerValue = 4;

interface Waiting {
  readonly resolve: (value: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** One per rank. Without WebGPU every scalar is read by itself. */
export class ScalarRing {
  private readonly engine: Engine;
  private ring: GPUBuffer | null = null;
  private readonly freeStaging: GPUBuffer[] = [];
  private waiting: Waiting[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** The value that a tensor of size 1 has now; arrives within 100 ms, or at the next `flush`. Rejects with the device's first error. */
  push(scalar: Tensor): Promise<number> {
    const { backend, device } = this.engine;
    if (backend === null || device === null) return readAlone(scalar);
    if (this.waiting.length === capacity) this.flush();
    this.ring ??= device.createBuffer({
      label: 'scalar ring',
      size: capacity * bytesPerValue,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    backend.copyOut(scalar, this.ring, this.waiting.length * bytesPerValue);
    const value = new Promise<number>((resolve, reject) => this.waiting.push({ resolve, reject }));
    value.catch(() => undefined); // whoever waits for it hears of it
    this.timer ??= setTimeout(() => this.flush(), readIntervalMs);
    return value;
  }

  /** Reads what waits now. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { backend, device } = this.engine;
    const { waiting, ring } = this;
    if (backend === null || device === null || ring === null || waiting.length === 0) return;
    this.waiting = [];
    void this.read(backend, device, ring, waiting);
  }

  private async read(backend: LockstepBackend, device: GPUDevice, ring: GPUBuffer, waiting: readonly Waiting[]): Promise<void> {
    try {
      const staging =
        this.freeStaging.pop() ??
        device.createBuffer({ label: 'scalar staging', size: ring.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      const byteLength = waiting.length * bytesPerValue;
      backend.recordCopy(ring, 0, staging, 0, byteLength);
      backend.flush();
      await staging.mapAsync(GPUMapMode.READ, 0, byteLength).catch(async (cause: unknown) => {
        await backend.errors.check(); // a failed map is a consequence
        throw cause;
      });
      const values = new Float32Array(staging.getMappedRange(0, byteLength)).slice();
      staging.unmap();
      this.freeStaging.push(staging);
      await backend.errors.check();
      for (const [index, { resolve }] of waiting.entries()) resolve(values[index] ?? Number.NaN);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

async function readAlone(scalar: Tensor): Promise<number> {
  const copy = tf.keep(scalar.clone()); // the caller may dispose of its own before the value arrives
  try {
    const [value = Number.NaN] = await copy.data<'float32'>();
    return value;
  } finally {
    copy.dispose();
  }
}
