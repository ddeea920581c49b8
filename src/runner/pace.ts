// When a run may go on: as fast as it can, not at all, or one step at a time. The run asks before every turn.

/** What the next turn may be. */
export type Turn = 'slice' | 'step';

/** One per run. */
export class Pace {
  private isHeld: boolean;
  private stepsWanted = 0;
  private isOver = false;
  private wake: (() => void) | null = null;
  private readonly onPaused: () => void;

  /** `onPaused` is called whenever a turn was asked for and has to wait. */
  constructor(isHeld: boolean, onPaused: () => void) {
    this.isHeld = isHeld;
    this.onPaused = onPaused;
  }

  /** True from the moment somebody pauses, also while the last steps still run. */
  get isPaused(): boolean {
    return this.isHeld;
  }

  pause(): void {
    this.isHeld = true;
  }

  resume(): void {
    this.isHeld = false;
    this.stepsWanted = 0;
    this.wake?.();
  }

  /** One more step for every lane, then paused. */
  step(): void {
    this.isHeld = true;
    this.stepsWanted++;
    this.wake?.();
  }

  /** The run is over: whoever waits for a turn waits no more. */
  end(): void {
    this.isOver = true;
    this.wake?.();
  }

  /** Resolves when the next turn may begin. */
  async next(): Promise<Turn> {
    while (this.isHeld && this.stepsWanted === 0 && !this.isOver) {
      this.onPaused();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (!this.isHeld || this.isOver) return 'slice';
    this.stepsWanted--;
    return 'step';
  }
}
