import { it } from 'vitest';
import { startEngine } from '../../../src/engine/start.ts';
import { createCnn } from './models.ts';
import { trainSteps } from './train-steps.ts';
it('x', async () => { for (const B of [8, 64]) for (const f16 of ['native', 'packed'] as const) {
  const a = await trainSteps(await startEngine({ f16 }), createCnn(), 'fp32', 2, B); const b = await trainSteps(await startEngine({ f16 }), createCnn(), 'fp16', 2, B);
  console.info('graph', f16, B, a.bytes[1]?.graph, b.bytes[1]?.graph, (b.bytes[1]?.graph ?? 0) / (a.bytes[1]?.graph ?? 1)); } });
