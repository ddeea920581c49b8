// Every op case in one way of storing floats, beside the CPU backend.

import { startEngine } from '../../../src/engine/start.ts';
import { allOpCases } from '../../browser/engine/op-cases/all-cases.ts';
import { compareWithCpu, opModes } from '../../browser/engine/op-cases/op-comparison.ts';

/** What came of a case. */
export interface SweptOp {
  readonly title: string;
  readonly hasSameShape: boolean;
  /** The largest of its value's and its gradients'; null where it is not a number. */
  readonly worstError: number | null;
  /** What was thrown instead, or null. */
  readonly thrown: string | null;
}

/** Runs all cases in a mode, on a device of their own. Throws where the adapter has no such mode. */
export async function sweepOps(modeTitle: string): Promise<readonly SweptOp[]> {
  const mode = opModes(true).find(({ title }) => title === modeTitle);
  if (mode === undefined) throw new Error(`sweepOps: expected a mode, got ${modeTitle}.`);
  const engine = await startEngine({ backend: 'webgpu', f16: mode.f16 });
  const swept: SweptOp[] = [];
  for (const opCase of allOpCases) {
    const { title } = opCase;
    try {
      const { shape, expectedShape, errors } = await compareWithCpu(engine, opCase, mode.policy);
      const worst = Math.max(...errors);
      const worstError = Number.isNaN(worst) ? null : worst;
      swept.push({ title, hasSameShape: String(shape) === String(expectedShape), worstError, thrown: null });
    } catch (error) {
      swept.push({ title, hasSameShape: false, worstError: null, thrown: String(error) });
    }
  }
  engine.dispose();
  return swept;
}
