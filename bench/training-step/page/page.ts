// One page, one adapter, three workers. bench/step.ts calls what it puts on `window`.

import { compareAndTime, type ComparedTimes } from '../measure.ts';
import type { ModelName } from '../model-names.ts';
import type { CallSide, SideName } from '../sides/side.ts';
import { callWorker } from './call-worker.ts';

declare global {
  interface Window {
    /** Opens the sides and returns the adapter of each. */
    openSides?: () => Promise<readonly { readonly side: SideName; readonly adapter: string }[]>;
    /** Times one model on all sides. */
    timeModel?: (model: ModelName, rounds: number) => Promise<ComparedTimes>;
  }
}

const workers: readonly (readonly [SideName, Worker])[] = [
  ['stock', new Worker(new URL('./stock.worker.ts', import.meta.url), { type: 'module' })],
  ['jax-js', new Worker(new URL('./jax.worker.ts', import.meta.url), { type: 'module' })],
  ['lockstep', new Worker(new URL('./lockstep.worker.ts', import.meta.url), { type: 'module' })],
];
const sides = new Map<SideName, CallSide>(workers.map(([name, worker]) => [name, callWorker(worker)]));

window.openSides = async () => {
  const opened = [];
  for (const [side, call] of sides) opened.push({ side, ...(await call('open', null)) });
  return opened;
};
window.timeModel = (model, rounds) => compareAndTime(model, sides, rounds);
