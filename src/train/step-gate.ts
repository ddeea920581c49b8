// Lets a program take so many steps and no more: the place where taking turns, pausing and stepping happen. A program arrives at the
// gate before each step; `open(n)` lets n steps through and resolves when the program arrives with none left.

/** One per rank. */
export class StepGate {
  /** Steps let through so far, and how many may be. */
  private begun = 0;
  private limit = 0;
  private proceed: (() => void) | null = null;
  private arrivals: (() => void)[] = [];

  /** Called by the program before a step; resolves when it may go on. */
  enter(): Promise<void> | void {
    if (this.begun < this.limit) {
      this.begun++;
      return;
    }
    const turn = new Promise<void>((resolve) => {
      this.proceed = resolve;
    });
    this.arrive();
    return turn;
  }

  /** Called by the runner; resolves when the steps are used up, cut short by `hold`, or the program has ended (`arrive`). */
  open(stepCount: number): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.arrivals.push(resolve);
    });
    this.limit = this.begun + stepCount;
    if (this.proceed !== null && stepCount > 0) {
      const { proceed } = this;
      this.proceed = null;
      this.begun++;
      proceed();
    }
    return arrived;
  }

  /** Lets no further step through. Returns the steps let through so far, the one under way included. */
  hold(): number {
    this.limit = this.begun;
    return this.begun;
  }

  /** The program waits, or has ended: the slice is over. */
  arrive(): void {
    const { arrivals } = this;
    this.arrivals = [];
    for (const resolve of arrivals) resolve();
  }
}
