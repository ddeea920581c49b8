// Timing a step by the device's own stamps: what it says is true of the step, and the step computes what it computes untimed.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryTransports } from '../../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../../src/collective/process-group.ts';
import { CapturedFunction } from '../../../src/engine/capture/captured-function.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import type { CommandNote } from '../../../src/engine/timing/gpu-timing.ts';
import type { PassTimes } from '../../../src/engine/timing/timed-passes.ts';
import { parseReplicaMessage } from '../../../src/runner/checked-telemetry.ts';
import { EventStream } from '../../../src/train/event-stream.ts';
import { experiment } from '../../../src/train/experiment.ts';
import { parseLane } from '../../../src/train/lane.ts';
import { RankRuntime } from '../../../src/train/rank-runtime.ts';
import { StepSpans } from '../../../src/train/step-spans.ts';
import type { ReplicaEvent } from '../../../src/train/telemetry.ts';
import { prepareExperiment } from '../../../src/train/train-experiment.ts';
import { mlp } from '../../support/tiny-experiments.ts';
import { createTraining, train } from './small-nets.ts';

let engine: Engine;
let backend: LockstepBackend;
beforeAll(async () => {
  engine = await startEngine();
  if (engine.backend === null) throw new Error('expected WebGPU');
  ({ backend } = engine);
});
beforeEach((context) => {
  if (!backend.timing.isAvailable) context.skip('this adapter has no timestamp-query');
});

async function timed(run: () => void): Promise<PassTimes<CommandNote>> {
  backend.timing.begin();
  run();
  const times = await backend.timing.end();
  if (times === null) throw new Error('expected times');
  return times;
}

const sumOf = ({ commands }: PassTimes<CommandNote>): number => commands.reduce((sum, { ms }) => sum + ms, 0);
const kernelsOf = ({ commands }: PassTimes<CommandNote>): readonly string[] =>
  commands.flatMap(({ note }) => (note.isCopy ? [] : [`${note.phase}: ${note.name}`]));

describe('a timed step', () => {
  it('names its kernels in their phases, the same whether it is eager or replayed, in times that fit into the whole', async () => {
    const training = createTraining('MLP', 'adam');
    const captured = new CapturedFunction(backend, (inputs) => training.step(inputs));
    const runs: PassTimes<CommandNote>[] = [];
    for (let step = 0; step < 5; step++) {
      const batch = training.batch(step);
      await engine.sync();
      const startedAt = performance.now();
      const times = await timed(() => captured.call('', '', batch).dispose());
      expect(sumOf(times)).toBeGreaterThan(0);
      expect(sumOf(times)).toBeLessThanOrEqual(times.spanMs + 1e-9); // sums of the same numbers in another order
      expect(times.spanMs).toBeLessThanOrEqual(performance.now() - startedAt + 0.2); // two roundings of the page's clock
      runs.push(times);
      tf.dispose([...batch]);
    }
    const [, eager, , replayed] = runs.map(kernelsOf);
    expect(replayed).toEqual(eager);
    expect(replayed?.[0]).toMatch(/^forward: \w+ 8×20, 20×32/u);
    expect(replayed?.filter((name) => name.startsWith('update: optim adam'))).toEqual(
      ['20×32', '32', '32×16', '16', '16×3', '3'].map((shape) => `update: optim adam ${shape}`),
    );
    expect(replayed?.some((name) => name.startsWith('backward: ') && name.endsWith('→ 20×32'))).toBe(true);
    expect(runs[4]?.commands.filter(({ note }) => note.phase === 'input').map(({ note }) => note.name)).toEqual([]); // written by the host
    captured.dispose();
    training.dispose();
  });

  it('takes longer where there is more to do', async () => {
    const product = async (size: number) => {
      const [a, b] = [tf.ones<tf.Rank.R2>([size, size]), tf.ones<tf.Rank.R2>([size, size])];
      tf.dispose(tf.matMul(a, b)); // compiled
      await engine.sync();
      const times = await timed(() => tf.dispose(tf.matMul(a, b)));
      tf.dispose([a, b]);
      return times.commands.find(({ note }) => note.name.endsWith(`→ ${size}×${size}`))?.ms ?? Number.NaN;
    };
    expect(await product(512)).toBeGreaterThan(4 * (await product(64))); // 512 times the work
  });

  it('ends with the bits of one that is not', async () => {
    const run = async (isTimed: boolean) => {
      const training = createTraining('MLP', 'adam');
      const again = () => {
        if (isTimed) void backend.timing.end(); // and left unread
        if (isTimed) backend.timing.begin();
      };
      const { losses, evaluated, weights, refusal } = await train(engine, training, 12, { isCaptured: true, between: again });
      await backend.timing.end();
      training.dispose();
      return { losses, evaluated, weights, refusal };
    };
    const untimed = await run(false);
    expect(untimed.refusal).toBeNull();
    expect(await run(true)).toEqual(untimed);
  });
});

it('a rank tells what its eighth step was spent on, and of more steps where it is asked, in messages that the page takes', async () => {
  const lane = parseLane('1xfp32', 'lane');
  const spec = experiment({ ...mlp, steps: 24, lanes: ['1xfp32'] });
  const [transport] = createMemoryTransports(1);
  const group = new ProcessGroup(transport!, lane.allReduce);
  const spans = new StepSpans(0);
  const told: ReplicaEvent[] = [];
  const events = new EventStream((batch) => told.push(...batch));
  const prepared = await prepareExperiment(spec, { engine, group, lane, seed: 1, steps: 24, spans });
  const fixed = { isMeasured: false, isLossScaled: false, die: () => undefined };
  const runtime = new RankRuntime({ ...fixed, engine, group, lane, seed: 1, events, spans });
  const gpuTimes = async (stepCount: number) => {
    told.length = 0;
    await runtime.advance(stepCount, prepared.train);
    events.flush();
    const message = parseReplicaMessage({ type: 'events', events: told });
    return message?.type === 'events' ? message.events.flatMap((event) => (event.type === 'gpu-times' ? [event.times] : [])) : [];
  };
  expect(await gpuTimes(7)).toEqual([]);
  const [first] = await gpuTimes(1);
  expect(first).toMatchObject({ origin: 'measured', stepCount: 1, lastStep: 8 });
  expect(first?.phases.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['forward', 'backward', 'update']));
  expect(first?.kernels.length).toBe(10);
  runtime.timeSteps(2);
  const later = await gpuTimes(12);
  expect(later.at(-1)?.lastStep).toBeGreaterThan(12);
  expect(later.at(-1)).toMatchObject({ dispatchCount: first?.dispatchCount });
  expect(prepared.execution()).toBe('captured');
});
