// The buffers of one recorded step. While it is recorded, tfjs takes its buffers from here and gives them back here, so that one buffer
// serves many tensors of the step, as in tfjs's own pool, and none outside of it: a replay writes into the same buffers again. They come
// from tfjs's pool (the books count them, a graph that is let go leaves them to the next) and go back there in the end.
//
// Released after the recording, a buffer of the arena stays where it is until the graph is let go; then only those go back to the pool
// that no tensor holds any more.

import type { BufferPool } from '../backend/internals.ts';

/** What stands between a tensor that lets go of a buffer and the pool (pool-guard.ts). */
export interface BufferClaim {
  /** Whether a released buffer must not go back to the pool. Asked at every release. */
  keeps(buffer: GPUBuffer): boolean;
}

/** One per recording. */
export class Arena implements BufferPool, BufferClaim {
  readonly freeBuffers = new Map<string, GPUBuffer[]>();
  private readonly pool: BufferPool;
  /** Every buffer of the arena, and whether some tensor holds it. */
  private readonly isHeld = new Map<GPUBuffer, boolean>();
  private readonly constants = new Set<GPUBuffer>();
  private readonly borrowed = new Set<GPUBuffer>();
  private readonly foreignReleases: (readonly [buffer: GPUBuffer, reuse: boolean])[] = [];
  private hasLost = false;

  constructor(pool: BufferPool) {
    this.pool = pool;
  }

  /** Whether a buffer that the commands use, and that is not the arena's, was given back: they would work on somebody else's numbers. */
  get hasLostBuffer(): boolean {
    return this.hasLost;
  }

  /** Buffers that tensors still hold. */
  held(): readonly GPUBuffer[] {
    return [...this.isHeld].flatMap(([buffer, isHeld]) => (isHeld ? [buffer] : []));
  }

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    // Uniforms belong to their cache, mapped ones to whoever maps them: neither is written by a replay.
    if (mappedAtCreation || !reuse || (usage & GPUBufferUsage.STORAGE) === 0)
      return this.pool.acquireBuffer(size, usage, mappedAtCreation, reuse);
    const buffer = this.freeBuffers.get(keyOf({ size, usage }))?.pop() ?? this.pool.acquireBuffer(size, usage);
    this.isHeld.set(buffer, true);
    return buffer;
  }

  /** A buffer that no other tensor of the step will get, for values that must still be there at the next replay. */
  acquireConstant(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.pool.acquireBuffer(size, usage);
    this.isHeld.set(buffer, true);
    this.constants.add(buffer);
    return buffer;
  }

  isConstant(buffer: GPUBuffer): boolean {
    return this.constants.has(buffer);
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.isHeld.has(buffer)) {
      // Commands that are recorded already may read it: nobody gets it before the recording is over.
      this.foreignReleases.push([buffer, reuse]);
      return;
    }
    this.isHeld.set(buffer, false);
    if (this.constants.has(buffer)) return;
    const key = keyOf(buffer);
    const free = this.freeBuffers.get(key);
    if (free === undefined) this.freeBuffers.set(key, [buffer]);
    else free.push(buffer);
  }

  /** The recording is over; `used` are the buffers of its commands. */
  close(used: Iterable<GPUBuffer>): void {
    for (const buffer of used) if (!this.isHeld.has(buffer)) this.borrowed.add(buffer);
    for (const [buffer, reuse] of this.foreignReleases) this.pool.releaseBuffer(buffer, reuse);
    this.foreignReleases.length = 0;
  }

  keeps(buffer: GPUBuffer): boolean {
    if (this.isHeld.has(buffer)) {
      this.isHeld.set(buffer, false);
      return true;
    }
    if (this.borrowed.has(buffer)) this.hasLost = true;
    return false;
  }

  /** Gives back what no tensor holds. The claim on the rest must have ended. */
  dispose(): void {
    for (const [buffer, isHeld] of this.isHeld) if (!isHeld) this.pool.releaseBuffer(buffer);
    this.isHeld.clear();
    this.freeBuffers.clear();
  }
}

function keyOf({ size, usage }: Pick<GPUBuffer, 'size' | 'usage'>): string {
  return `${size}_${usage}`;
}
