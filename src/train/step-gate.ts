// Lets a program take so many steps and no more: the place where taking turns (and later pausing) happens. A program arrives at
// the gate before each step; `open(n)` lets n steps through and resolves when the program arrives with no permit left.

/** One per rank. */
export class StepGate {
  private permits = 0;
  private waitingProgram: (() => void) | null = null;
  private waitingRunner: (() => void) | null = null;

  /** Called by the program before a step; resolves when it may go on. */
  enter(): Promise<void> | void {
    if (this.permits > 0) {
      this.permits--;
      return;
    }
    const turn = new Promise<void>((resolve) => {
      this.waitingProgram = resolve;
    });
    this.arrive();
    return turn;
  }

  /** Called by the runner; resolves when the steps are used up, or the program has ended (`arrive`). */
  open(stepCount: number): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.waitingRunner = resolve;
    });
    this.permits = stepCount;
    const proceed = this.waitingProgram;
    if (proceed !== null) {
      this.waitingProgram = null;
      this.permits--;
      proceed();
    }
    return arrived;
  }

  /** The program waits, or has ended: the slice is over. */
  arrive(): void {
    this.waitingRunner?.();
    this.waitingRunner = null;
  }
}
