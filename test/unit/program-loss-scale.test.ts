// A program with a loop and a loss scaler of its own: its lane has the trace of the scale all the same.

import { expect, it } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import type { ProgramContext } from '../../src/train/context.ts';
import { EventStream } from '../../src/train/event-stream.ts';
import { parseLane } from '../../src/train/lane.ts';
import { RankRuntime } from '../../src/train/rank-runtime.ts';
import { StepSpans } from '../../src/train/step-spans.ts';
import type { StepBatch } from '../../src/train/telemetry.ts';

/** The metrics of four steps of one weight, whose gradient overflows in the second one. */
async function metricsOf(lane: string, log: (context: ProgramContext) => void): Promise<StepBatch['metrics']> {
  const engine = await startEngine({ backend: 'cpu' });
  const batches: StepBatch[] = [];
  const events = new EventStream((told) => {
    for (const event of told) if (event.type === 'steps') batches.push(event.batch);
  });
  const [transport] = createMemoryTransports(1);
  if (transport === undefined) throw new Error('expected a transport');
  const group = new ProcessGroup(transport, 'direct');
  const options = { seed: 1, events, spans: new StepSpans(0), isMeasured: true, isLossScaled: true, die: () => undefined };
  const runtime = new RankRuntime({ ...options, engine, group, lane: parseLane(lane, 'lane') });
  await runtime.advance(9, async (context) => {
    const weight = tf.variable(tf.scalar(1));
    const optimizer = context.optim({ name: 'sgd', learningRate: 0.1 });
    const scaler = context.amp.gradScaler({ initScale: 1024, growthInterval: 2 });
    for (let step = 1; step <= 4; step++) {
      await context.step(async () => {
        log(context);
        const gradient = tf.scalar(step === 2 ? Number.POSITIVE_INFINITY : 1024);
        await scaler.step(optimizer, { [weight.name]: gradient });
      });
    }
    weight.dispose();
  });
  events.flush(true);
  return Object.fromEntries(
    [...new Set(batches.flatMap(({ metrics }) => Object.keys(metrics)))].map((name) => [
      name,
      batches.flatMap(({ metrics }) => metrics[name] ?? []),
    ]),
  );
}

it('every step of an fp16 lane logs the scale that was in force in it, and the steps skipped so far', async () => {
  expect(await metricsOf('1xfp16', () => undefined)).toEqual({ lossScale: [1024, 1024, 512, 512], skippedSteps: [0, 1, 1, 1] });
});

it('what the program logs itself is left as it is', async () => {
  const metrics = await metricsOf('1xfp16', ({ log }) => log({ lossScale: 7 }));
  expect(metrics).toEqual({ lossScale: [7, 7, 7, 7], skippedSteps: [0, 1, 1, 1] });
});

it('an fp32 lane has no scale', async () => {
  expect(await metricsOf('1xfp32', () => undefined)).toEqual({});
});
