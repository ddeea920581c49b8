// Ranks of an experiment in one thread, on the CPU backend, over memory transports: the training loop of a lane without its workers.

import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { startEngine } from '../../src/engine/start.ts';
import { readWeights } from '../../src/engine/weights-hash.ts';
import { EventStream } from '../../src/train/event-stream.ts';
import { experiment } from '../../src/train/experiment.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { parseLane } from '../../src/train/lane.ts';
import { RankRuntime } from '../../src/train/rank-runtime.ts';
import type { StepBatch } from '../../src/train/telemetry.ts';
import { prepareExperiment } from '../../src/train/train-experiment.ts';

/** What a lane's ranks have learned. */
export interface TrainedRanks {
  /** Of rank 0, by step. */
  readonly losses: readonly number[];
  /** Of rank 0, by name. */
  readonly metrics: Readonly<Record<string, readonly number[]>>;
  /** By rank, by tensor. */
  readonly weights: readonly (readonly Float32Array[])[];
  readonly bytesSent: readonly number[];
}

/** Trains `steps` steps of an experiment in one lane. Rejects with the first rank's error. */
export async function trainRanks(spec: Omit<ExperimentSpec, 'lanes'>, shortForm: string, seed = 1): Promise<TrainedRanks> {
  const lane = parseLane(shortForm, 'lane');
  const checked = experiment({ ...spec, lanes: [shortForm] });
  const engine = await startEngine({ backend: 'cpu' });
  const batches: StepBatch[] = [];
  // One after the other, because each seeds the one Math.random they share; they only wait for each other once all are there.
  const groups = createMemoryTransports(lane.worldSize).map((transport) => new ProcessGroup(transport, lane.allReduce));
  const ranks = await Promise.all(
    groups.map(async (group) => {
      const events = new EventStream((list) => {
        for (const event of list) if (event.type === 'steps' && group.rank === 0) batches.push(event.batch);
      });
      const prepared = await prepareExperiment(checked, { engine, group, lane, seed, steps: checked.steps });
      const die = () => undefined; // no lane of these has a fault
      const runtime = new RankRuntime({
        engine,
        group,
        lane,
        seed,
        events,
        die,
        isMeasured: false,
        isLossScaled: prepared.scaler !== null,
      });
      return { group, events, prepared, runtime };
    }),
  );
  await Promise.all(ranks.map(({ runtime, prepared }) => runtime.advance(checked.steps + 1, (context) => prepared.train(context))));
  const weights = await Promise.all(ranks.map(({ prepared }) => readWeights(prepared.variables)));
  for (const { events } of ranks) events.flush();
  const names = Object.keys(batches[0]?.metrics ?? {});
  return {
    losses: batches.flatMap(({ loss }) => loss),
    metrics: Object.fromEntries(names.map((name) => [name, batches.flatMap(({ metrics }) => metrics[name] ?? [])])),
    weights,
    bytesSent: ranks.map(({ group }) => group.bytesSent),
  };
}

/** The largest ‖Δw‖₂/‖w‖₂ of any tensor. */
export function largestDistance(weights: readonly Float32Array[], reference: readonly Float32Array[]): number {
  const distances = reference.map((expected, index) => {
    const norm = Math.hypot(...expected);
    return Math.hypot(...expected.map((value, at) => value - (weights[index]?.[at] ?? Number.NaN))) / (norm === 0 ? 1 : norm);
  });
  return Math.max(...distances);
}
