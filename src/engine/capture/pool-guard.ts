// Keeps tfjs's pool from handing out buffers that captured graphs use.

import type { BufferPool } from '../backend/internals.ts';
import type { BufferClaim } from './arena.ts';

/** The claims on one pool. */
export class PoolGuard {
  private readonly claims = new Set<BufferClaim>();

  /** Wraps the pool's release. */
  watch(pool: BufferPool): void {
    const release = pool.releaseBuffer.bind(pool);
    pool.releaseBuffer = (buffer, reuse) => {
      let isKept = false;
      for (const claim of this.claims) isKept = claim.keeps(buffer) || isKept; // every claim hears of it
      if (!isKept) release(buffer, reuse);
    };
  }

  add(claim: BufferClaim): void {
    this.claims.add(claim);
  }

  remove(claim: BufferClaim): void {
    this.claims.delete(claim);
  }
}
