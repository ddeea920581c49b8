// Training under a dynamic loss scale, step for step: scale, good steps since it changed, skipped steps and weights, on every rank.

import { parseOptimizerSpec } from '../../../engine/optim/optimizer-spec.ts';
import { cpuEngine } from '../cpu-engine.ts';
import { Runs, type CaseFamily } from '../family.ts';
import { countOf, numberOf } from '../input-fields.ts';
import { trainScaled } from '../scaled-regression.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('amp/') && 'ranks' in input,
  async compute({ input }) {
    const ranks = await trainScaled(await cpuEngine(), {
      optimizer: parseOptimizerSpec(input['optimizer']),
      ranks: countOf(input, 'ranks', 1),
      samples: countOf(input, 'samples', 1),
      seed: countOf(input, 'seed'),
      steps: countOf(input, 'steps', 1),
      init: numberOf(input, 'init'),
      interval: countOf(input, 'interval', 1),
    });
    const runs = ranks.map(({ scale, tracker, skipped, weights }, rank) => {
      return [`rank ${rank} of ${ranks.length}`, { scale, tracker, skipped, weights }] as const;
    });
    return new Runs(new Map(runs));
  },
};
