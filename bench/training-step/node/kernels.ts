// The ten most expensive kernels of a step, on the device, for each library: what to make faster next.

import type { CalledSides } from '../measure.ts';
import type { ModelName } from '../model-names.ts';

const listed = 10;
/** Steps before the one that is looked at: they compile, and record what is replayed. */
const warmSteps = 5;

/** Trains a model a little on every side and times the kernels of one step. Lines for people. */
export async function kernelLines(model: ModelName, sides: CalledSides): Promise<readonly string[]> {
  const lines: string[] = [];
  let start = null;
  for (const [side, call] of sides) {
    start = (await call('prepare', { model, start })) ?? start;
    await call('train', { stepCount: warmSteps });
    const kernels = await call('kernels', null);
    await call('release', null);
    const totalMs = kernels.reduce((sum, { ms }) => sum + ms, 0);
    const dispatches = kernels.reduce((sum, { dispatchCount }) => sum + dispatchCount, 0);
    lines.push(`${model}, ${side}: ${dispatches} dispatches, ${totalMs.toFixed(2)} ms on the device`);
    for (const { name, dispatchCount, ms } of kernels.slice(0, listed))
      lines.push(`  ${ms.toFixed(3).padStart(9)} ms ${((100 * ms) / totalMs).toFixed(0).padStart(3)} %  ${dispatchCount} × ${name}`);
  }
  return lines;
}
