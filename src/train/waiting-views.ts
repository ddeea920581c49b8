// Views on their way to the page. One that is shown again before it has left replaces itself, so that a program may show every step what
// the page draws a few times a second; large ones leave further apart than small ones, because the page has to take each of them in.

import { FloodGate } from './flood-gate.ts';
import type { ShownView } from './telemetry.ts';
import { valueCountOf } from './view-size.ts';

/** Values (cells, pixels, points) that leave in a second; one view may be larger. */
const valuesPerSecond = 100_000;
/** Beyond so many values that wait, the oldest views are dropped. */
const mostWaitingValues = 1_000_000;
const mostWaitingViews = 100;
/** A view counts for at least so many values: each costs the page something. */
const leastCost = 1000;

/** The views that wait. */
export class WaitingViews {
  private readonly gate: FloodGate;
  private readonly waiting = new Map<string, { readonly view: ShownView; readonly cost: number }>();
  private waitingValues = 0;
  private dropped = 0;

  constructor(now?: () => number) {
    this.gate = new FloodGate(valuesPerSecond, valuesPerSecond, now);
  }

  /** Takes the place of the same view where that still waits. */
  add(view: ShownView): void {
    const key = `${view.kind} ${view.title}`;
    this.forget(key); // it goes to the end: what was shown last is dropped last
    const cost = Math.max(leastCost, valueCountOf(view));
    this.waiting.set(key, { view, cost });
    this.waitingValues += cost;
    for (const oldest of this.waiting.keys()) {
      if (this.waiting.size <= mostWaitingViews && (this.waitingValues <= mostWaitingValues || this.waiting.size === 1)) break;
      this.forget(oldest);
      this.dropped += 1;
    }
  }

  /** What may leave now, oldest first; all of it where `isLast`. */
  take(isLast: boolean): readonly ShownView[] {
    const views: ShownView[] = [];
    for (const [key, { view, cost }] of this.waiting) {
      if (!isLast && !this.gate.admits(cost)) break;
      this.forget(key);
      views.push(view);
    }
    return views;
  }

  /** Milliseconds until the next may leave; null where none waits. */
  waitMs(): number | null {
    const [next] = this.waiting.values();
    return next === undefined ? null : this.gate.waitMs(next.cost);
  }

  /** How many were dropped since the last call. */
  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  private forget(key: string): void {
    this.waitingValues -= this.waiting.get(key)?.cost ?? 0;
    this.waiting.delete(key);
  }
}
