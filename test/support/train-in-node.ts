// Lanes in Node, on tfjs's CPU backend, or on another engine in a browser: real ranks side by side in one thread over memory, virtual ranks as in a worker. Nothing is
// faked but the page: data, models, steps, collectives and optimizers are the product's own.

import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import type { GpuBytes } from '../../src/core/device-report.ts';
import { hashHex } from '../../src/core/hash.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ScalarRing } from '../../src/engine/scalar-ring.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { readWeights } from '../../src/engine/weights-hash.ts';
import type { ProgramContext } from '../../src/train/context.ts';
import { experiment } from '../../src/train/experiment.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { formatLane, parseLane } from '../../src/train/lane.ts';
import type { Lane } from '../../src/train/lane.ts';
import type { NumberListener } from '../../src/train/number-lines.ts';
import { checkBatchDivides } from '../../src/train/run-limits.ts';
import { randomStream, useRandomStream } from '../../src/train/seeded-random.ts';
import type { SpanBatch } from '../../src/train/span-phases.ts';
import { StepSpans } from '../../src/train/step-spans.ts';
import { prepareExperiment } from '../../src/train/train-experiment.ts';
import type { PreparedExperiment } from '../../src/train/train-experiment.ts';

/** What became of a lane. */
export interface TrainedLane {
  /** Logged values of rank 0, step by step. */
  readonly log: readonly Readonly<Record<string, number>>[];
  readonly evaluations: readonly Readonly<Record<string, number>>[];
  /** Of rank 0. */
  readonly weights: readonly Float32Array[];
  /** Of every rank; one list for virtual ranks. */
  readonly weightsByRank: readonly (readonly Float32Array[])[];
  readonly weightsHash: string;
  /** By rank, after every step; one list for virtual ranks. Empty unless asked for. */
  readonly hashes: readonly (readonly string[])[];
  readonly bytesSent: number;
  readonly skippedSteps: number;
  /** Of rank 0; null on the CPU, where memory is not counted. */
  readonly bytes: GpuBytes | null;
  /** Of rank 0. */
  readonly execution: string;
  /** What every rank did when. */
  readonly spans: readonly SpanBatch[];
}

/** A lane's `losses`, as they were logged. */
export const lossesOf = ({ log }: TrainedLane): readonly number[] => log.map(({ loss }) => loss ?? Number.NaN);

let started: Promise<Engine> | null = null;

/**
 * Trains one lane, in its short form or checked, of an experiment to its end. `withHashes` also hashes every rank's weights after every step;
 * `afterStep` is called after each of rank 0's; `numbers` hears of its numbers.
 */
export async function trainLane(
  spec: Omit<ExperimentSpec, 'lanes'>,
  asked: string | Lane,
  {
    withHashes = false,
    engine: asEngine,
    afterStep = () => undefined,
    numbers,
  }: {
    readonly withHashes?: boolean;
    readonly engine?: Engine;
    readonly afterStep?: () => void;
    readonly numbers?: NumberListener;
  } = {},
): Promise<TrainedLane> {
  const engine = asEngine ?? (await (started ??= startEngine({ backend: 'cpu' })));
  const lane = typeof asked === 'string' ? parseLane(asked, 'lane') : asked;
  const checked = experiment({ ...spec, lanes: [formatLane(lane)] });
  checkBatchDivides(checked.globalBatch, [lane]);
  const { random } = Math;
  try {
    const groups = createMemoryTransports(lane.virtual ? 1 : lane.worldSize).map(
      (transport) => new ProcessGroup(transport, lane.allReduce),
    );
    const spans: StepSpans[] = [];
    const ranks = await Promise.all(
      groups.map((group) => {
        const recorder = new StepSpans(group.rank);
        spans.push(recorder);
        const listening = numbers === undefined ? {} : { numbers: { ring: new ScalarRing(engine), listener: numbers } };
        const { seed, steps } = checked;
        return prepareExperiment(checked, { engine, group, lane, seed, steps, spans: recorder, ...listening });
      }),
    );
    const notes = await Promise.all(
      ranks.map((rank, index) =>
        trainRank(rank, lane, {
          engine,
          index,
          seed: checked.seed,
          withHashes,
          spans: spans[index] ?? new StepSpans(index),
          afterStep: index === 0 ? afterStep : () => undefined,
        }),
      ),
    );
    const [first] = ranks;
    if (first === undefined) throw new Error('trainLane: expected a rank.');
    const weightsByRank = await Promise.all(ranks.map(({ variables }) => readWeights(variables)));
    const [weights = []] = weightsByRank;
    return {
      log: notes[0]?.log ?? [],
      evaluations: notes[0]?.evaluations ?? [],
      weights,
      weightsByRank,
      weightsHash: hashHex(weights),
      hashes: notes.map(({ hashes }) => hashes),
      bytesSent: first.virtualBytesSent() ?? groups[0]?.bytesSent ?? 0,
      bytes: first.meter.bytes(),
      skippedSteps: (await first.scaler?.read())?.skippedSteps ?? 0,
      execution: first.execution(),
      spans: spans.flatMap((recorder) => recorder.take() ?? []),
    };
  } finally {
    Math.random = random;
    tf.disposeVariables();
  }
}

async function trainRank(
  rank: PreparedExperiment,
  lane: Lane,
  {
    engine,
    index,
    seed,
    withHashes,
    spans,
    afterStep,
  }: {
    readonly engine: Engine;
    readonly index: number;
    readonly seed: number;
    readonly withHashes: boolean;
    readonly spans: StepSpans;
    readonly afterStep: () => void;
  },
) {
  const log: Promise<Record<string, number>>[] = [];
  const ring = new ScalarRing(engine);
  const evaluations: Readonly<Record<string, number>>[] = [];
  const hashes: string[] = [];
  let stepCount = 0;
  // Workers have a `Math.random` each; here it changes hands, and a forward pass begins in the same turn as its step.
  const random = randomStream(seed, 'train', index);
  const step: ProgramContext['step'] = async (body) => {
    if (!lane.virtual) useRandomStream(random);
    spans.beginStep(++stepCount);
    const result = await body();
    spans.endStep();
    afterStep();
    if (withHashes) hashes.push(hashHex(await readWeights(rank.variables)));
    return result;
  };
  const context = {
    step,
    log(values: Readonly<Record<string, number | tf.Tensor>>) {
      const entries = Object.entries(values).map(
        async ([name, value]) => [name, typeof value === 'number' ? value : await ring.push(value)] as const,
      );
      log.push(Promise.all(entries).then((numbers) => Object.fromEntries(numbers)));
    },
    evaluated: (values: Readonly<Record<string, number>>) => void evaluations.push(values),
  };
  await rank.train(context as unknown as ProgramContext); // the part of it that an experiment uses
  ring.flush();
  await rank.numbers?.settle();
  return { log: await Promise.all(log), evaluations, hashes };
}
