// Draws charts one per animation frame. Two charts and a table redrawn in the same task add up on a machine that is busy training;
// spread over frames, none of them is long. A chart that asks again before its turn is drawn once.

const waiting = new Set<() => void>();
let isScheduled = false;

/** Calls `draw` in one of the next frames, alone. The same function waits only once. */
export function paintSoon(draw: () => void): void {
  waiting.add(draw);
  schedule();
}

/** Takes back what has not been drawn yet. */
export function forgetPaint(draw: () => void): void {
  waiting.delete(draw);
}

function schedule(): void {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
    schedule();
  });
}
