// f32 beside fp16 (bench/precision) without a browser: a process for each way.

import { chosenModels, chosenOps } from '../../precision/chosen.ts';
import { timeOp, type OpTimes } from '../../precision/measure-ops.ts';
import type { PrecisionTimes } from '../../precision/report.ts';
import { openWays, ways } from '../../precision/ways.ts';
import { timeWarm, type ModelTimes } from '../measure.ts';
import { forkSide, type NodeBundle } from './fork-side.ts';

/** So that every step's programs are built and its commands recorded. */
const warmMs = 1;

/** Measures the models and ops that `only` names a part of, products up to the largest; on what Dawn finds. */
export async function measurePrecision(
  bundle: NodeBundle,
  only: string | null,
  rounds: number,
  say: (name: string) => void,
): Promise<PrecisionTimes> {
  const forked = ways.map((way) => [way, forkSide(way, bundle)] as const);
  try {
    const { adapter, sides } = await openWays(new Map(forked.map(([way, { call }]) => [way, call])));
    const models: ModelTimes[] = [];
    for (const model of chosenModels(only)) {
      models.push(await timeWarm(model, sides, rounds, warmMs));
      say(`precision: ${model}`);
    }
    const ops: OpTimes[] = [];
    for (const name of chosenOps(only, /swiftshader|llvmpipe/i.test(adapter))) {
      ops.push(await timeOp(name, sides, rounds));
      say(`precision: ${name}`);
    }
    return { adapter, browser: 'Dawn in Node', repeats: rounds, takenAt: new Date().toISOString(), models, ops };
  } finally {
    for (const [, { end }] of forked) end();
  }
}
