// Where the host decides which steps are taken: PyTorch's optimizers under torch.amp.GradScaler's rule, step for step. Where the device decides:
// test/browser/engine/device-loss-scale.test.ts.

import { describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine/start.ts';
import references from '../../reference/grad-scaler.json' with { type: 'json' };
import { parseOptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { largestDistance, trainScaled } from '../../support/scaled-regression.ts';

describe('a loss scale on the host', () => {
  it.each(references.map((reference) => [reference.id, reference] as const))(
    'skips, backs off and grows as torch does, and leaves weights and optimizer alone in a skipped step: %s',
    async (_, { input, expected, tol }) => {
      const engine = await startEngine({ backend: 'cpu' });
      const { scale, tracker, skipped, weights, areRanksAlike } = await trainScaled(engine, {
        ...input,
        optimizer: parseOptimizerSpec(input.optimizer),
      });
      expect({ scale, tracker, skipped }).toEqual({ scale: expected.scale, tracker: expected.tracker, skipped: expected.skipped });
      expect(largestDistance(weights, expected.weights)).toBeLessThan(tol);
      expect(areRanksAlike).toBe(true);
    },
  );
});
