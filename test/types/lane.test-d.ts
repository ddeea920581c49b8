// The types of lanes and results as other code relies on them; checked by `vitest --project types`.

import { expectTypeOf, test } from 'vitest';

import type { LaneResult } from '../../src/runner/results.ts';
import type { Precision } from '../../src/core/precision/precision-modes.ts';
import type { Lane, LaneSpec } from '../../src/train/lane.ts';

test('a lane is a spec with every default filled in, but for its repeats, which are lanes of their own', () => {
  expectTypeOf<Omit<Lane, 'repeat'>>().toExtend<LaneSpec>();
  expectTypeOf<Lane['lossScale']>().toEqualTypeOf<'dynamic' | 'off' | number>();
  expectTypeOf<Precision>().toEqualTypeOf<'fp32' | 'fp16' | 'fp16(noMasterWeights)' | 'fp16-pure' | 'bf16'>();
});

test('a result may lack a number but says so with null, never undefined', () => {
  expectTypeOf<LaneResult['medianStepMs']>().toEqualTypeOf<number | null>();
  expectTypeOf<LaneResult['distanceToBaseline']>().toEqualTypeOf<number | null>();
  expectTypeOf<LaneResult['f16']>().toEqualTypeOf<'native' | 'packed' | 'simulated' | null>();
});
