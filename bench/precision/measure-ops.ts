// Times ops in every way, in turns: a value is the mean over as many calls as fill a good part of what a browser's clock can tell apart.

import type { SideName } from '../training-step/sides/side.ts';
import type { OpenWays } from './ways.ts';

const valueMs = 40;
const mostCalls = 100;

/** One op, in milliseconds per call, a value per round. */
export interface OpTimes {
  readonly name: string;
  readonly sides: readonly { readonly side: SideName; readonly opMs: readonly number[] }[];
}

/** Runs it. Throws what a side throws. */
export async function timeOp(name: string, sides: OpenWays, rounds: number): Promise<OpTimes> {
  const times = [];
  for (const [side, call] of sides) {
    await call('op', { name, count: 1 }); // builds the programs
    const once = Math.max(await call('op', { name, count: 2 }), 0.01);
    times.push({ side, call, count: Math.max(1, Math.min(mostCalls, Math.round(valueMs / once))), opMs: [] as number[] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const one of [...times.slice(round % times.length), ...times.slice(0, round % times.length)])
      one.opMs.push(await one.call('op', { name, count: one.count }));
  }
  return { name, sides: times.map(({ side, opMs }) => ({ side, opMs })) };
}
