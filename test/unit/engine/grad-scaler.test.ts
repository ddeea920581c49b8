// Where the host decides which steps are taken: PyTorch's optimizers under torch.amp.GradScaler's rule, step for step. Where the device decides:
// test/browser/engine/device-loss-scale.test.ts.

import { describe, expect, it } from 'vitest';
import { runCase } from '../../../src/cli/reference/run-case.ts';
import { GradScaler } from '../../../src/engine/precision/grad-scaler.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { HostGradients } from '../../../src/train/host-gradients.ts';
import references from '../../reference/grad-scaler.json' with { type: 'json' };

describe('a loss scale on the host', () => {
  it.each(references.filter(({ input }) => input.ranks > 1).map((reference) => [reference.id, reference] as const))(
    'skips, backs off and grows as torch does, whichever rank overflows: %s',
    async (_, reference) => {
      expect(await runCase(reference)).toMatchObject({ status: 'pass', error: null });
    },
  );

  it('skips a step for its gradients alone, as torch does: not for a loss that is infinite', async () => {
    const scaler = new GradScaler(await startEngine({ backend: 'cpu' }), { initScale: 4 });
    const isOverflow = (...flat: readonly number[]) => {
      const gradients = new HostGradients(scaler, false, 'fp32');
      gradients.after(Float32Array.from(flat), 2);
      return gradients.isOverflow;
    };
    expect(isOverflow(1, -2, Number.POSITIVE_INFINITY)).toBe(false);
    expect(isOverflow(1, Number.NaN, 3)).toBe(true);
    expect(isOverflow(Number.NEGATIVE_INFINITY, 2, 3)).toBe(true);
  });
});
