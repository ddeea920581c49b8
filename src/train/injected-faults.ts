// The faults of one rank, as they come over it: late in every step, or gone at one. A rank that is killed tells the page, which ends its
// worker as it would end any other; nothing of the rank is wound up, and its peers learn of it from the page.

import type { Fault } from './faults.ts';

/** One per rank; the ranks are those the lane began with. */
export class InjectedFaults {
  private readonly delayMs: number;
  private readonly killedAt: number;
  private readonly die: (step: number) => void;

  /** `die` has the worker ended from outside. */
  constructor(faults: readonly Fault[], rank: number, die: (step: number) => void) {
    const own = faults.filter((fault) => fault.rank === rank);
    this.delayMs = own.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.ms : 0), 0);
    this.killedAt = Math.min(Infinity, ...own.map((fault) => (fault.kind === 'kill' ? fault.step : Infinity)));
    this.die = die;
  }

  /** Before the work of a step, on its clock. Stays pending for ever where the rank dies at it; null where nothing happens. */
  at(step: number): Promise<void> | null {
    if (step === this.killedAt) {
      this.die(step);
      return new Promise(() => undefined);
    }
    if (this.delayMs === 0) return null;
    return new Promise((resolve) => {
      setTimeout(resolve, this.delayMs);
    });
  }
}
