// Draws charts a few milliseconds per animation frame. Everything redrawn in one task adds up on a machine that is busy training, but
// every frame costs the page a few milliseconds by itself: so a frame takes what fits, and the rest waits for the next one. A
// chart that asks again before its turn is drawn once.

/** A frame draws on until it has taken this long. */
const frameBudgetMs = 4;

const waiting = new Set<() => void>();
let isScheduled = false;
let whenEmpty: (() => void)[] = [];

/** Calls `draw` in one of the next frames. The same function waits only once. */
export function paintSoon(draw: () => void): void {
  waiting.add(draw);
  schedule();
}

/** Resolves when nothing waits to be drawn. */
export function painted(): Promise<void> {
  return waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => whenEmpty.push(resolve));
}

/** Takes back what has not been drawn yet. */
export function forgetPaint(draw: () => void): void {
  waiting.delete(draw);
  schedule();
}

function schedule(): void {
  if (waiting.size === 0) {
    for (const resolve of whenEmpty) resolve();
    whenEmpty = [];
  }
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    const startMs = performance.now();
    for (const draw of waiting) {
      waiting.delete(draw);
      draw();
      if (performance.now() - startMs >= frameBudgetMs) break;
    }
    schedule();
  });
}
