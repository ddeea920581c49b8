// The ways in which the same thing is computed: in f32, and in fp16 as it is stored on a device.

import type { CallSide, SideName } from '../training-step/sides/side.ts';

/** f32 first: the others are compared with it. */
export const ways = ['fp32', 'fp16-native', 'fp16-packed'] as const satisfies readonly SideName[];

/** The ways that a device has. */
export type OpenWays = ReadonlyMap<SideName, CallSide>;

/** Opens them; leaves native f16 out where the adapter has no shader-f16. Throws what else goes wrong. */
export async function openWays(calls: OpenWays): Promise<{ readonly adapter: string; readonly sides: OpenWays }> {
  const sides = new Map<SideName, CallSide>();
  let adapter = '';
  for (const [way, call] of calls) {
    try {
      ({ adapter } = await call('open', null));
      sides.set(way, call);
    } catch (error) {
      const isWithout = way === 'fp16-native' && error instanceof Error && error.message.includes('an adapter with shader-f16');
      if (!isWithout) throw error;
    }
  }
  return { adapter, sides };
}
