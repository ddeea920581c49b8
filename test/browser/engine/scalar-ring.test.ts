import { expect, inject, it } from 'vitest';
import { createMemoryTransports } from '../../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../../src/collective/process-group.ts';
import { ScalarRing } from '../../../src/engine/scalar-ring.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { EventStream } from '../../../src/train/event-stream.ts';
import { experiment } from '../../../src/train/experiment.ts';
import { parseLane } from '../../../src/train/lane.ts';
import { RankRuntime } from '../../../src/train/rank-runtime.ts';
import { StepSpans } from '../../../src/train/step-spans.ts';
import type { ReplicaEvent } from '../../../src/train/telemetry.ts';
import { prepareExperiment } from '../../../src/train/train-experiment.ts';
import { mlp } from '../../support/tiny-experiments.ts';

it.each(['webgpu', 'cpu'] as const)(
  'a ring of scalars on %s gives every value as it was when it was pushed, however many',
  async (backend) => {
    const ring = new ScalarRing(await startEngine({ backend }));
    const variable = tf.variable(tf.scalar(0));
    const values: Promise<number>[] = [];
    for (let index = 0; index < 1200; index++) {
      tf.tidy(() => variable.assign(tf.add(variable, 1)));
      values.push(ring.push(variable));
    }
    const first = await values[0]; // read because the ring was full, before anybody asked for it
    ring.flush();
    expect(first).toBe(1);
    expect(await Promise.all(values)).toEqual(values.map((_, index) => index + 1));
    expect(await ring.push(variable)).toBe(1200); // after a while, by itself
    variable.dispose();
  },
);

it('a ring reads 16-bit and integer scalars as the numbers they stand for', async () => {
  const engine = await startEngine(inject('hasShaderF16') ? { f16: 'native' } : { f16: 'packed' });
  const ring = new ScalarRing(engine);
  const values = [ring.push(engine.toF16(tf.scalar(0.5))), ring.push(tf.cast(tf.cast(tf.scalar(3), 'int32'), 'float32'))];
  ring.flush();
  expect(await Promise.all(values)).toEqual([0.5, 3]);
});

it('a rank tells every step of a slice, in order and with its loss, before the slice is over', async () => {
  const engine = await startEngine();
  const lane = parseLane('1xfp32', 'lane');
  const spec = experiment({ ...mlp, steps: 30, lanes: ['1xfp32'] });
  const [transport] = createMemoryTransports(1);
  const group = new ProcessGroup(transport!, lane.allReduce);
  const spans = new StepSpans(0);
  const told: ReplicaEvent[] = [];
  const events = new EventStream((batch) => told.push(...batch));
  const prepared = await prepareExperiment(spec, { engine, group, lane, seed: 1, steps: 30, spans });
  const fixed = { isMeasured: false, isLossScaled: false, die: () => undefined };
  const runtime = new RankRuntime({ ...fixed, engine, group, lane, seed: 1, events, spans });
  for (const stepCount of [10, 20]) {
    await runtime.advance(stepCount, prepared.train);
    events.flush();
    const steps = told.flatMap((event) => (event.type === 'steps' ? [event.batch] : []));
    expect(steps.flatMap(({ step }) => step)).toEqual(Array.from({ length: runtime.step }, (_, index) => index + 1));
    expect(steps.flatMap(({ loss }) => loss).every((loss) => loss !== null && loss > 0 && loss < 3)).toBe(true);
  }
  expect(prepared.execution()).toBe('captured');
});
