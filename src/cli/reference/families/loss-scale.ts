// The dynamic loss scale: (scale, good steps since it changed) after each step, given in which of them an infinity was found.

import { GradScaler } from '../../../engine/precision/grad-scaler.ts';
import { cpuEngine } from '../cpu-engine.ts';
import type { CaseFamily } from '../family.ts';
import { numberOf, numbersOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('amp/') && 'found_inf' in input,
  async compute({ input }) {
    const scaler = new GradScaler(await cpuEngine(), {
      initScale: numberOf(input, 'init', 65536),
      growthFactor: numberOf(input, 'growth', 2),
      backoffFactor: numberOf(input, 'backoff', 0.5),
      growthInterval: numberOf(input, 'interval', 2000),
    });
    const tracker = numbersOf(input, 'found_inf').map((found) => {
      scaler.update(found !== 0);
      return [scaler.state.scale, scaler.state.growthTracker];
    });
    return { scale_tracker: tracker };
  },
};
