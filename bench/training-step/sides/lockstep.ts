// Our own side: the engine as a replica starts it, and on it the rank that a replica drives (src/train/replica.ts), in a lane of one rank. A step
// contains what a lane's step contains: batch, forward, backward, update, the log of its loss and the timeline's spans. Unlike the other sides it
// therefore learns the loss of every step.

import { createMemoryTransports } from '../../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../../src/collective/process-group.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine, type EngineOptions } from '../../../src/engine/start.ts';
import { EventStream } from '../../../src/train/event-stream.ts';
import type { Experiment } from '../../../src/train/experiment.ts';
import { parseLane, type Lane } from '../../../src/train/lane.ts';
import { RankRuntime } from '../../../src/train/rank-runtime.ts';
import { StepSpans } from '../../../src/train/step-spans.ts';
import { prepareExperiment } from '../../../src/train/train-experiment.ts';
import { programOf } from '../models.ts';
import { adapterText } from './adapter-text.ts';
import { opClock } from './op-clock.ts';
import type { Side, Trainee } from './side.ts';
import { productMs } from './tf-product.ts';

/** Starts the engine on WebGPU, for a lane in fp32. Throws `device-unavailable` where there is none. */
export const openSide = (): Promise<Side> => open('1xfp32', {});

/** The same for fp16 lanes, tested as a page tests it. `not-supported` where the adapter has no shader-f16. */
export const openFp16Native = (): Promise<Side> => open('1xfp16', { f16: 'native', selfTest: 'run' });
/** The same, packed. */
export const openFp16Packed = (): Promise<Side> => open('1xfp16', { f16: 'packed', selfTest: 'run' });

async function open(shortForm: string, options: EngineOptions): Promise<Side> {
  const engine = await startEngine({ backend: 'webgpu', ...options });
  const lane = parseLane(shortForm, 'bench');
  return {
    adapter: await adapterText(),
    async prepare(model) {
      return { trainee: await traineeOf(engine, await programOf(model), lane), start: null };
    },
    productMs,
    opMs: opClock(engine, lane),
  };
}

async function traineeOf(engine: Engine, program: Experiment, lane: Lane): Promise<Trainee> {
  const { seed } = program;
  const steps = Number.MAX_SAFE_INTEGER; // how many are taken is up to whoever asks for them
  const [transport] = createMemoryTransports(1);
  if (transport === undefined) throw new Error('bench: expected a transport, got none.');
  const group = new ProcessGroup(transport);
  const spans = new StepSpans(0);
  let lastLoss = Number.NaN;
  const events = new EventStream((posted) => {
    for (const event of posted) if (event.type === 'steps') lastLoss = event.batch.loss.at(-1) ?? Number.NaN;
  });
  events.spans = spans;
  const experiment = await prepareExperiment({ ...program, steps, evalEvery: steps }, { engine, group, lane, seed, steps, spans });
  const die = () => undefined;
  const runtime = new RankRuntime({
    engine,
    group,
    lane,
    seed,
    spans,
    events,
    isMeasured: false,
    isLossScaled: experiment.scaler !== null,
    die,
  });
  runtime.variables = experiment.variables;
  runtime.optimizers.push(experiment.optimizer);
  return {
    async train(stepCount) {
      await runtime.advance(stepCount, experiment.train);
      events.flush();
      return lastLoss;
    },
    execution: () => executionOf(experiment),
    async dispose() {
      await runtime.rest(); // turns the program away from its next step
      experiment.model.dispose();
      experiment.optimizer.dispose();
    },
  };
}

/** How the rank says that its steps run; one that does not say runs them op by op. */
function executionOf(rank: object): string {
  return 'execution' in rank && typeof rank.execution === 'function' ? String(rank.execution()) : 'eager';
}
