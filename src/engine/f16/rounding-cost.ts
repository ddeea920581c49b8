// What it costs to round to f16 in integer arithmetic where the device could do it by itself, had it rounded as IEEE 754 says: casts of many
// values in both ways, in turns. Measured in the self-test of such a device, and nowhere else.

import { median } from '../../core/stats.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { StartedEngine } from '../engine.ts';
import { tf } from '../tf.ts';

const valueCount = 2 ** 16;
/** In a row, so that waiting for the device, which costs the same either way, is little of it. */
const castCount = 8;
const rounds = 3;

/** A clause for people: both times, measured, and their ratio. */
export async function integerRoundingCost({ sync }: Pick<StartedEngine, 'sync'>, backend: LockstepBackend): Promise<string> {
  const values = tf.zeros([valueCount]); // which values they are does not change how long it takes
  const ways = ['hardware', 'integer'] as const;
  const times = { hardware: [] as number[], integer: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    for (const way of ways) {
      await sync();
      const from = performance.now();
      for (let cast = 0; cast < castCount; cast++) backend.disposeData(backend.toF16(values, way).dataId);
      await sync();
      if (round >= 0) times[way].push(performance.now() - from); // the first round compiles
    }
  }
  values.dispose();
  const [hardwareMs, integerMs] = [median(times.hardware), median(times.integer)];
  const ratio = hardwareMs > 0 ? ` (× ${(integerMs / hardwareMs).toFixed(2)})` : '';
  return `stores round in integer arithmetic: casting ${valueCount * castCount} values takes ${integerMs.toFixed(2)} ms instead of ${hardwareMs.toFixed(2)} ms${ratio}, measured`;
}
