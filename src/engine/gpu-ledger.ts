// Counts GPU memory where it is really taken: every GPUBuffer at createBuffer and destroy of one device (`heldBytes`, `peakBytes`, tfjs's
// pool of free buffers included), and every storage buffer between its acquisition from tfjs's pool and its release (`liveBytes`): what
// tensors hold at this moment, f16 tensors at half size. A tensor that was disposed but that recorded commands still use is live
// until they are submitted, because its buffer cannot serve anybody else.

import type { BufferPool } from './backend/internals.ts';

/** What a buffer holds, as far as somebody has said. */
export type HeldRole = 'gradient' | 'weight copy';

/** A buffer from its acquisition to its release. */
interface Holding {
  readonly bytes: number;
  role: HeldRole | null;
}

/** The books of one device. */
export class GpuLedger {
  private held = 0;
  private heldPeak = 0;
  private live = 0;
  private livePeak = 0;
  private readonly holdings = new Map<GPUBuffer, Holding>();
  /** What was held when the most was; null while nobody wants to know. */
  private atLivePeak: readonly Holding[] | null = null;
  private pool: BufferPool | null = null;
  /** Buffers that were created while somebody looked; null while nobody does. */
  private aside: Set<GPUBuffer> | null = null;

  /** Wraps `createBuffer` of this device object; must come before the first buffer. */
  constructor(device: GPUDevice) {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      this.held += buffer.size;
      if (this.aside === null) this.heldPeak = Math.max(this.heldPeak, this.held);
      else this.aside.add(buffer);
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

  /** What is created from here to `endAside` is for looking at a step, not for training: the peak does not count it. */
  beginAside(): void {
    this.aside = new Set();
  }

  /** Destroys what was created since, as far as nobody holds it. Submit what was recorded before. */
  endAside(): void {
    const { aside } = this;
    this.aside = null;
    if (aside === null) return;
    for (const buffers of this.pool?.freeBuffers.values() ?? []) {
      for (const buffer of buffers.splice(0)) {
        if (aside.has(buffer)) buffer.destroy();
        else buffers.push(buffer);
      }
    }
  }

  /** Bytes of the buffers that tensors hold now. */
  get liveBytes(): number {
    return this.live;
  }

  /** The most bytes that tensors held since the last restart. */
  get livePeakBytes(): number {
    return this.livePeak;
  }

  /** Counts the live peak anew, and remembers what was held then, until `forgetLivePeak`. */
  restartLivePeak(): void {
    this.livePeak = this.live;
    this.atLivePeak = [...this.holdings.values()];
  }

  forgetLivePeak(): void {
    this.atLivePeak = null;
  }

  /** Says what a buffer has been taken for, before it is released; nothing happens to one that no tensor holds. */
  note(buffer: GPUBuffer, role: HeldRole): void {
    const holding = this.holdings.get(buffer);
    if (holding !== undefined) holding.role = role;
  }

  /** Bytes at the live peak of buffers with a role. */
  bytesAtLivePeak(role: HeldRole): number {
    return (this.atLivePeak ?? []).reduce((sum, holding) => (holding.role === role ? sum + holding.bytes : sum), 0);
  }

  /** Wraps the pool's acquire and release. */
  watchPool(pool: BufferPool): void {
    this.pool = pool;
    const acquire = pool.acquireBuffer.bind(pool);
    const release = pool.releaseBuffer.bind(pool);
    pool.acquireBuffer = (size, usage, mappedAtCreation, reuse) => {
      const buffer = acquire(size, usage, mappedAtCreation, reuse);
      if ((usage & GPUBufferUsage.STORAGE) !== 0) {
        this.holdings.set(buffer, { bytes: buffer.size, role: null });
        this.live += buffer.size;
        if (this.live > this.livePeak) {
          this.livePeak = this.live;
          if (this.atLivePeak !== null) this.atLivePeak = [...this.holdings.values()];
        }
      }
      return buffer;
    };
    pool.releaseBuffer = (buffer, reuse) => {
      if (this.holdings.delete(buffer)) this.live -= buffer.size;
      release(buffer, reuse);
    };
  }
}
