// Counts GPU memory where it is really taken: every GPUBuffer at createBuffer and destroy of one device (`heldBytes`, `peakBytes`, tfjs's
// pool of free buffers included), and every storage buffer between its acquisition from tfjs's pool and its release (`liveBytes`): what
// tensors hold at this moment, f16 tensors at half size. A tensor that was disposed but that recorded commands still use is live
// until they are submitted, because its buffer cannot serve anybody else.

import type { BufferPool } from './backend/internals.ts';

/** The books of one device. */
export class GpuLedger {
  private held = 0;
  private heldPeak = 0;
  private live = 0;
  private livePeak = 0;
  private pool: BufferPool | null = null;

  /** Wraps `createBuffer` of this device object; must come before the first buffer. */
  constructor(device: GPUDevice) {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      this.held += buffer.size;
      this.heldPeak = Math.max(this.heldPeak, this.held);
      const destroy = buffer.destroy.bind(buffer);
      let isHeld = true;
      buffer.destroy = () => {
        if (isHeld) this.held -= buffer.size;
        isHeld = false;
        destroy();
        return undefined;
      };
      return buffer;
    };
  }

  /** Bytes of all buffers that exist now. */
  get heldBytes(): number {
    return this.held;
  }

  /** The most bytes that existed at any time since `restartPeak`, or since the device was created. */
  get peakBytes(): number {
    return this.heldPeak;
  }

  /** Counts the peak anew: of what comes now, without the free buffers that earlier work on this device (the self-test) left in the pool. */
  restartPeak(): void {
    for (const buffers of this.pool?.freeBuffers.values() ?? []) for (const buffer of buffers.splice(0)) buffer.destroy();
    this.heldPeak = this.held;
  }

  /** Bytes of the buffers that tensors hold now. */
  get liveBytes(): number {
    return this.live;
  }

  /** The most bytes that tensors held since the last restart. */
  get livePeakBytes(): number {
    return this.livePeak;
  }

  restartLivePeak(): void {
    this.livePeak = this.live;
  }

  /** Wraps the pool's acquire and release. */
  watchPool(pool: BufferPool): void {
    this.pool = pool;
    const acquire = pool.acquireBuffer.bind(pool);
    const release = pool.releaseBuffer.bind(pool);
    const counted = new Set<GPUBuffer>();
    pool.acquireBuffer = (size, usage, mappedAtCreation, reuse) => {
      const buffer = acquire(size, usage, mappedAtCreation, reuse);
      if ((usage & GPUBufferUsage.STORAGE) !== 0) {
        counted.add(buffer);
        this.live += buffer.size;
        this.livePeak = Math.max(this.livePeak, this.live);
      }
      return buffer;
    };
    pool.releaseBuffer = (buffer, reuse) => {
      if (counted.delete(buffer)) this.live -= buffer.size;
      release(buffer, reuse);
    };
  }
}
