// The body of every op-case test, once per way of storing floats (op-comparison.ts).

import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Engine } from '../../../../src/engine/engine.ts';
import { startEngine } from '../../../../src/engine/start.ts';
import { f16Exceptions } from './f16-exceptions.ts';
import type { OpCase } from './op-case.ts';
import { compareWithCpu, opModes, type OpMode } from './op-comparison.ts';

/** Declares the tests of a list of cases. */
export function compareOps(topic: string, cases: readonly OpCase[]): void {
  // Each adapter stores f16 as it would in a lane: llvmpipe natively, SwiftShader, which has no shader-f16, packed. test/full/ops.test.ts has all ways.
  const hasShaderF16 = inject('hasShaderF16');
  const ownModes = opModes(hasShaderF16).filter(({ f16, policy }) => policy === null || (f16 === 'native') === hasShaderF16);
  for (const mode of ownModes) {
    const isSlice = mode.policy === null && !hasShaderF16; // f32 is what both have: every second case is enough for the slower one
    compareIn(`${topic} ${mode.title}`, isSlice ? cases.filter((_, index) => index % 2 === 0) : cases, mode);
  }
}

function compareIn(title: string, cases: readonly OpCase[], mode: OpMode): void {
  // oxlint-disable-next-line vitest/valid-title -- the caller's title is a string
  describe(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine({ backend: 'webgpu', f16: mode.f16 });
    });
    it.each(cases.map((opCase) => [opCase.name, opCase] as const))('%s agrees with the CPU backend', async (name, opCase) => {
      const { shape, expectedShape, errors, stayedF32 } = await compareWithCpu(engine, opCase, mode.policy);
      expect(shape).toEqual(expectedShape);
      expect(stayedF32).toEqual(mode.policy === null ? [] : (f16Exceptions[name] ?? []));
      expect(Math.max(...errors), `forward, then gradients: ${errors.join(', ')}`).toBeLessThan(mode.tolerance);
    });
  });
}
