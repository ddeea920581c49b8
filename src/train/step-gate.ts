// Lets a program take so many steps and no more: the place where taking turns, pausing and stepping happen. A program arrives at the
// gate before each step; `open(n)` lets n steps through and resolves when the program arrives with none left.

/** One per rank. */
export class StepGate {
  /** Steps let through so far, and how many may be. */
  private begun: number;
  private limit: number;
  private waiting: { readonly proceed: () => void; readonly turnAway: (reason: Error) => void } | null = null;
  private arrivals: (() => void)[] = [];
  private closedFor: Error | null = null;

  /** `begun`: the steps that are behind whoever comes to it. */
  constructor(begun = 0) {
    this.begun = begun;
    this.limit = begun;
  }

  /** Called by the program before a step; resolves when it may go on. Throws why the gate was closed. */
  enter(): Promise<void> | void {
    if (this.closedFor !== null) throw this.closedFor;
    if (this.begun < this.limit) {
      this.begun++;
      return;
    }
    const turn = new Promise<void>((proceed, turnAway) => {
      this.waiting = { proceed, turnAway };
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
    if (this.waiting !== null && stepCount > 0) {
      const { proceed } = this.waiting;
      this.waiting = null;
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

  /** Turns away whoever waits before a step, and whoever comes. */
  close(reason: Error): void {
    this.closedFor = reason;
    this.waiting?.turnAway(reason);
    this.waiting = null;
  }

  /** The program waits, or has ended: the slice is over. */
  arrive(): void {
    const { arrivals } = this;
    this.arrivals = [];
    for (const resolve of arrivals) resolve();
  }
}
