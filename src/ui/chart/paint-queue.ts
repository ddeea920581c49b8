// Draws charts a few milliseconds per animation frame. Everything redrawn in one task adds up on a machine that is busy training, but
// every frame costs the page a few milliseconds by itself: so a frame takes what fits, and the rest waits for the next one. A
// chart that asks again before its turn is drawn once.

/** A frame draws on until it has taken this long. */
const frameBudgetMs = 4;

const waiting = new Set<() => void>();
let isScheduled = false;

/** Calls `draw` in one of the next frames. The same function waits only once. */
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
    const startMs = performance.now();
    for (const draw of waiting) {
      waiting.delete(draw);
      draw();
      if (performance.now() - startMs >= frameBudgetMs) break;
    }
    schedule();
  });
}
