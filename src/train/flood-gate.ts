// How much of something may pass in a second: a bucket that fills steadily and holds so much at once (a "token bucket"). What does not fit is
// the caller's to drop or to keep for later; nothing is queued here.

/** A bucket of `burst` that fills by `perSecond`. `now` is in milliseconds and never goes back. */
export class FloodGate {
  private readonly perSecond: number;
  private readonly burst: number;
  private readonly now: () => number;
  private left: number;
  private filledAt: number;

  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.now = now;
    this.left = burst;
    this.filledAt = now();
  }

  /** Takes `cost` where that leaves at least `reserve`. What costs more than the bucket holds passes a full one, and is paid off afterwards. */
  admits(cost: number, reserve = 0): boolean {
    this.fill();
    if (this.left < Math.min(cost + reserve, this.burst)) return false;
    this.left -= cost;
    return true;
  }

  /** Milliseconds until something of this cost passes; 0 where it would now. */
  waitMs(cost: number): number {
    this.fill();
    return Math.max(0, ((Math.min(cost, this.burst) - this.left) / this.perSecond) * 1000);
  }

  private fill(): void {
    const at = this.now();
    this.left = Math.min(this.burst, this.left + ((at - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = at;
  }
}
