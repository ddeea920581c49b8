// One page, one adapter, a worker for each way. bench/precision.ts calls what it puts on `window`.

import { timeWarm, type ModelTimes } from '../../training-step/measure.ts';
import type { ModelName } from '../../training-step/model-names.ts';
import { callWorker } from '../../training-step/page/call-worker.ts';
import { timeOp, type OpTimes } from '../measure-ops.ts';
import { openWays, type OpenWays } from '../ways.ts';

declare global {
  interface Window {
    /** Opens the ways that the adapter has; the adapter in words. */
    openWays?: () => Promise<string>;
    timeSteps?: (model: ModelName, rounds: number) => Promise<ModelTimes>;
    timeOp?: (name: string, rounds: number) => Promise<OpTimes>;
  }
}

/** So that every step's programs are built and its commands recorded. */
const warmMs = 1;

let sides: OpenWays = new Map();

window.openWays = async () => {
  const workers = [
    ['fp32', new Worker(new URL('./fp32.worker.ts', import.meta.url), { type: 'module' })],
    ['fp16-native', new Worker(new URL('./fp16-native.worker.ts', import.meta.url), { type: 'module' })],
    ['fp16-packed', new Worker(new URL('./fp16-packed.worker.ts', import.meta.url), { type: 'module' })],
  ] as const;
  const opened = await openWays(new Map(workers.map(([way, worker]) => [way, callWorker(worker)])));
  ({ sides } = opened);
  return opened.adapter;
};
window.timeSteps = (model, rounds) => timeWarm(model, sides, rounds, warmMs);
window.timeOp = (name, rounds) => timeOp(name, sides, rounds);
