// Eight lanes of as many steps as the address says, in the page's own charts: a loss and a logged metric, both noisy, so that every pixel
// column has extremes of its own. What moves the view is what a drag or the pointer moves.

import { render } from 'preact';
import { createPrng } from '../../src/core/prng.ts';
import { browserFrameClock } from '../../src/state/frame-revision.ts';
import { createPageState } from '../../src/state/page.ts';
import { createStorage } from '../../src/state/storage.ts';
import { parseLanes } from '../../src/train/lane.ts';
import { painted } from '../../src/ui/chart/paint-queue.ts';
import { PageProvider } from '../../src/ui/page-context.ts';
import type { PageContextValue } from '../../src/ui/page-context.ts';
import Charts from '../../src/ui/results/charts.tsx';
import 'uplot/dist/uPlot.min.css';
import '../../src/ui/styles/tokens.css';
import '../../src/ui/styles/base.css';
import '../../src/ui/styles/results.css';
import '../../src/ui/styles/controls.css';

/** What a frame does: moves the view, zooms it, or moves the pointer. */
export type ChartAction = 'pan' | 'zoom' | 'crosshair';

declare global {
  interface Window {
    /** Does so many frames of an action, each drawn to its end. */
    benchCharts?: (action: ChartAction, frameCount: number) => Promise<void>;
  }
}

const laneCount = 8;
const batchSteps = 10_000;

const kept = new Map<string, string>();
const page = createPageState({
  storage: createStorage(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  })),
  clock: browserFrameClock,
  originals: [{ id: 'bench', fileName: 'bench.ts', source: '' }],
  defaultProgram: 'bench',
  systemIsDark: { matches: false, addEventListener: () => undefined },
  applyTheme: () => undefined,
  applySize: () => undefined,
  loadCards: () => Promise.resolve([]),
  random: Math.random,
  delay: () => () => undefined,
  locks: null,
  machine: { cores: 2, memoryGb: 8 },
});

const steps = Number(new URLSearchParams(location.search).get('steps') ?? 2000);
const lanes = parseLanes(
  Array.from({ length: laneCount }, (_, index) => ({ worldSize: 1, precision: 'fp32', label: `lane ${index + 1}` })),
);
page.run.apply({
  type: 'declared',
  declaration: { kind: 'program', title: 'bench', seed: 1, steps, globalBatch: 128, target: null, lanes, claims: [] },
});
lanes.forEach((_, lane) => {
  const random = createPrng(lane + 1);
  for (let from = 0; from < steps; from += batchSteps) {
    const step = Array.from({ length: Math.min(batchSteps, steps - from) }, (_value, at) => from + at + 1);
    const loss = step.map((at) => 2.3 * Math.exp((-4 * at) / steps) + 0.1 * lane + 0.5 * random.next() ** 4);
    const norm = step.map(() => random.next() ** 8 * (lane + 1));
    page.run.apply({ type: 'steps', lane, batch: { step, loss, stepMs: step.map(() => 10 + 5 * random.next()), metrics: { norm } } });
  }
});
page.run.apply({ type: 'phase', phase: 'done' });

const root = document.getElementById('page');
if (root === null) throw new Error('charts-page: expected an element #page, got none.');
// The charts use the page's state only.
render(
  <PageProvider value={{ page } as unknown as PageContextValue}>
    <main class="results-pane">
      <Charts />
    </main>
  </PageProvider>,
  root,
);

/** The share of the steps in view while it pans. */
const viewShare = 0.5;

async function frame(action: ChartAction, share: number): Promise<void> {
  if (action === 'crosshair') {
    const over = document.querySelector('.u-over');
    const box = over?.getBoundingClientRect();
    if (over === null || box === undefined) throw new Error('charts-page: expected a chart, got none.');
    over.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + share * box.width, clientY: box.top + 20, bubbles: true }));
  } else if (action === 'pan') {
    const min = 1 + share * (1 - viewShare) * steps;
    page.charts.zoom.value = { min, max: min + viewShare * steps };
  } else {
    const half = (0.5 - 0.45 * share) * steps;
    page.charts.zoom.value = { min: 0.5 * steps - half, max: 0.5 * steps + half };
  }
  await painted();
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

window.benchCharts = async (action, frameCount) => {
  for (let at = 0; at < frameCount; at += 1) await frame(action, at / frameCount);
};
