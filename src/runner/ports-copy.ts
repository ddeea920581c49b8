// Whether this browser's MessagePorts copy the buffers that they are told to transfer. Nothing says so but the time it takes: a buffer goes to a
// replica, beside a tiny one, and the difference is compared with what copying it takes here.

import { transfer } from '../rpc/connect.ts';

const probedBytes = 2 * 1024 ** 2;
/** A busy machine makes any message late; one that is quick shows that nothing was copied. */
const mostTrials = 12;
/** A clock may tick in milliseconds. */
const tickMs = 1;

/** Takes a buffer over the port that is probed, and resolves when it has arrived. */
export type Swallow = (buffer: ArrayBuffer) => Promise<unknown>;

/** True where the way always takes longer by a copy or more; milliseconds by `now`. */
export async function portsCopy(swallow: Swallow, now: () => number = () => performance.now()): Promise<boolean> {
  const least = { large: Infinity, tiny: Infinity, copy: Infinity };
  const timed = async (act: () => unknown): Promise<number> => {
    const from = now();
    await act();
    return now() - from;
  };
  for (let trial = 0; trial < mostTrials; trial++) {
    const [large, tiny] = [new ArrayBuffer(probedBytes), new ArrayBuffer(16)];
    least.copy = Math.min(least.copy, await timed(() => large.slice(0)));
    least.large = Math.min(least.large, await timed(() => swallow(transfer(large, [large]))));
    least.tiny = Math.min(least.tiny, await timed(() => swallow(transfer(tiny, [tiny]))));
    if (least.large - least.tiny <= Math.max(least.copy, tickMs)) return false;
  }
  return true;
}
