// The engine on tfjs's CPU backend: the same program and the same results, slowly, where no GPU can be had. f16 is simulated.

import { activate, refusePromise } from './engine.ts';
import type { StartedEngine } from './engine.ts';
import { keepInF16 } from './f16/kept-in-f16.ts';
import { simulatedF16On } from './f16/simulated-f16.ts';
import { tf } from './tf.ts';

/** Starts the CPU backend. Throws `device-unavailable` only where tfjs itself is broken. */
export async function startCpu(): Promise<StartedEngine> {
  await activate('cpu');
  const f16 = simulatedF16On('cpu');
  const { turn, close } = messageTurn();
  return {
    tf,
    backend: null,
    device: null,
    ledger: null,
    report: {
      backend: 'cpu',
      adapter: { vendor: '', architecture: '', device: '', description: 'tfjs CPU backend' },
      f16: 'simulated',
      f16Rounding: 'integer',
      features: [],
      limits: {},
      notes: [
        'Training runs on the CPU: correct, and much slower than a GPU.',
        'fp16 is simulated: values are rounded to what 16 bits hold, in f32. It says nothing about the speed or memory of fp16.',
        'Memory is not counted here.',
      ],
    },
    lost: new Promise(() => undefined),
    autocast: (run, pass = 'f16') => f16.during(pass, () => refusePromise(run())),
    fullPrecision: (run) => f16.during('f32', () => refusePromise(run())),
    toF16: (tensor) => f16.toF16(tensor),
    isF16: (tensor) => f16.isF16(tensor),
    keepInF16: (variable) => keepInF16(f16, variable),
    sync: turn,
    check: () => Promise.resolve(),
    dispose: close,
  };
}

/**
 * Everything is computed by the time a CPU op returns; what is left to wait for is the worker's own event loop, which would otherwise not
 * turn in a whole slice of steps, and the page would see no numbers meanwhile. A message is the quickest turn: timers wait 4 ms.
 */
function messageTurn(): { readonly turn: () => Promise<void>; readonly close: () => void } {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener('message', () => waiting.shift()?.());
  port1.start();
  return {
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        port2.postMessage(null);
      }),
    close: () => port1.close(),
  };
}
