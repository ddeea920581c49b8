// Every op case in one way of storing floats, beside the CPU backend.

import { startEngine } from '../../../src/engine/start.ts';
import { allOpCases } from '../../browser/engine/op-cases/all-cases.ts';
import { f16Exceptions } from '../../browser/engine/op-cases/f16-exceptions.ts';
import { compareWithCpu, opModes } from '../../browser/engine/op-cases/op-comparison.ts';

/** What came of a case. */
export interface SweptOp {
  readonly title: string;
  readonly hasSameShape: boolean;
  /** The largest of its value's and its gradients'; null where it is not a number. */
  readonly worstError: number | null;
  /** What is f32 although it was forced to be f16 (op-cases/f16-exceptions.ts lists what may be). */
  readonly stayedF32: readonly string[];
  /** Those that may be. */
  readonly expectedF32: readonly string[];
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
    const { title, name } = opCase;
    const expectedF32 = mode.policy === null ? [] : (f16Exceptions[name] ?? []);
    try {
      const { shape, expectedShape, errors, stayedF32 } = await compareWithCpu(engine, opCase, mode.policy);
      const worst = Math.max(...errors);
      const worstError = Number.isNaN(worst) ? null : worst;
      swept.push({ title, hasSameShape: String(shape) === String(expectedShape), worstError, stayedF32, expectedF32, thrown: null });
    } catch (error) {
      swept.push({ title, hasSameShape: false, worstError: null, stayedF32: [], expectedF32, thrown: String(error) });
    }
  }
  engine.dispose();
  return swept;
}
