// The declarative form's loop, written on the program's own context: data, model, and then step by step a shard of the global batch,
// an update, and now and then an evaluation.

import type { ProcessGroup } from '../collective/process-group.ts';
import { checkDataset } from '../data/check-dataset.ts';
import { optimizerSlots } from '../engine/optim/slots.ts';
import { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/engine.ts';
import type { ScalarRing } from '../engine/scalar-ring.ts';
import type { tf } from '../engine/tf.ts';
import { endsInAgreement } from './breakers.ts';
import { buildModel, doubleSoftmaxNote } from './build-model.ts';
import type { ProgramContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import type { Experiment } from './experiment.ts';
import { GradientStep } from './gradient-step.ts';
import type { StepLoss } from './gradient-step.ts';
import { HostSplit } from './host-split.ts';
import { keepOtherWeights, keepState, keepWeights } from './in-precision.ts';
import type { Lane } from './lane.ts';
import { createLaneOptimizer } from './lane-optimizer.ts';
import { createWeightAverage } from './local-sgd.ts';
import { lossFunction } from './loss.ts';
import type { NumberListener } from './number-lines.ts';
import { NumberWatch } from './number-watch.ts';
import { microBatches } from './micro-batches.ts';
import { hasOwnCode } from './own-code.ts';
import { handOver, Snapshot } from './rank-state.ts';
import { agreesAfter, checkReplicasAgree } from './replica-check.ts';
import { createShardSampler } from './sampler.ts';
import { seedMathRandom, useRandomStream } from './seeded-random.ts';
import type { OwnMetric } from './telemetry.ts';
import { StepMeter } from './step-meter.ts';
import type { StepProbe } from './step-probe.ts';
import type { StepSpans } from './step-spans.ts';
import { takeSplit } from './training-split.ts';
import { VirtualStep } from './virtual-step.ts';
import type { RankShare } from './virtual-step.ts';

/** A rank of an experiment, ready for its first step. */
export interface PreparedExperiment {
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly meter: StepMeter;
  readonly scaler: GradScaler | null;
  readonly model: tf.LayersModel;
  /** Null where there is no test set. */
  readonly testSampleCount: number | null;
  /** The last step whose update this rank has applied. */
  readonly completedStep: () => number;
  /** Goes on in a new group, after a rank of the old one was lost. Every rank of it calls this while none trains. */
  goOn(group: ProcessGroup, from: Resumption): Promise<void>;
  /** Looks into the steps that follow, or no longer does. */
  watch(probe: StepProbe | null): void;
  /** Counts its numbers; null where nobody listens. */
  readonly numbers: NumberWatch | null;
  /** Whether its steps are replayed from recordings: `captured` or `eager (why)`. */
  execution(): string;
  /** Bytes that rank 0 of a lane with virtual ranks would have sent; null where ranks are real and count themselves. */
  virtualBytesSent(): number | null;
  /** Trains to the end, from the step after the last completed one. */
  train(context: ProgramContext): Promise<void>;
}

/** Where the ranks that are left take up the training again. */
export interface Resumption {
  /** The last step that any of them has completed. */
  readonly step: number;
  /** The rank that hands over its state to those that have not; null where all have. */
  readonly donor: number | null;
  /** The last evaluation that the page has heard of. */
  readonly evaluatedStep: number;
}

/** Loads the data and builds model and optimizer. Throws what is wrong with any of them. */
export async function prepareExperiment(
  spec: Experiment,
  rank: {
    readonly engine: Engine;
    readonly group: ProcessGroup;
    readonly lane: Lane;
    readonly seed: number;
    readonly steps: number;
    readonly spans: StepSpans;
    /** Whoever hears of its numbers, and what brings them; absent: nobody does. */
    readonly numbers?: { readonly ring: ScalarRing; readonly listener: NumberListener };
  },
): Promise<PreparedExperiment> {
  const { engine, lane, seed, steps, spans } = rank;
  let { group } = rank;
  seedMathRandom(seed, 'data');
  const data = checkDataset(await spec.data());
  const test = data.test === null ? null : await HostSplit.take(data.test);

  seedMathRandom(seed, 'model', ...(lane.breakers.includes('seed-per-rank') ? [group.rank] : []));
  const { model, variables } = await buildModel(spec, data.train.x.shape.slice(1));
  const otherWeights = model.nonTrainableWeights.map((weight) => weight.read() as tf.Variable); // as in buildModel
  keepWeights(engine, lane.precision, variables);
  keepOtherWeights(engine, lane.precision, otherWeights);
  const note = doubleSoftmaxNote(spec, model);
  if (note !== null && group.rank === 0) console.warn(note);
  const optimizer = createLaneOptimizer(spec, lane);
  keepState(engine, lane.precision, optimizer);
  const scaler = createScaler(engine, lane);
  const loss = lossFunction(spec.loss);
  const ownCode = hasOwnCode(spec.loss, model);
  const train = await takeSplit(data.train, engine, ownCode);
  const meter = new StepMeter(engine);
  const numbers = rank.numbers === undefined ? null : new NumberWatch({ engine, model, ...rank.numbers });
  /** What hangs on the group: the exchange of gradients or weights, and the rank's share of every batch. */
  const inGroup = (hasUnequalShares: boolean) => ({
    update: new GradientStep({ engine, group, lane, optimizer, model, variables, loss, hasOwnCode: ownCode, scaler, spans }),
    average: createWeightAverage(engine, group, lane, variables, spans),
    sampler: createShardSampler({
      sampleCount: train.rowCount,
      globalBatch: lane.globalBatch ?? spec.globalBatch,
      rank: group.rank,
      worldSize: lane.virtual ? lane.worldSize : group.worldSize,
      seed,
      lastBatch: spec.lastBatch,
      hasUnequalShares,
    }),
  });
  let { update, average, sampler } = inGroup(false);
  const virtual = lane.virtual && lane.worldSize > 1 ? new VirtualStep(update, { engine, lane, scaler, model, seed }) : null;
  let completedStep = 0;
  let evaluatedStep = 0;
  if (agreesAfter(lane, 0)) await checkReplicasAgree(group, variables, 0);
  seedMathRandom(seed, 'train', group.rank);

  const evaluateNow = async (context: ProgramContext, step: number) => {
    if (agreesAfter(lane, step) || (step === steps && endsInAgreement(lane))) await checkReplicasAgree(group, variables, step);
    if (group.rank !== 0) return;
    const withAccuracy = spec.metrics.includes('accuracy');
    const onTestSet = test === null ? {} : await evaluate({ engine, precision: lane.precision, model, loss, split: test, withAccuracy });
    const values = { ...onTestSet, ...(await lookAfter(context, step)) };
    if (Object.keys(values).length > 0) context.evaluated(values);
  };

  /** What the program's own look at the model finds. Its random numbers are apart from those that the next step draws. */
  const lookAfter = async ({ show }: ProgramContext, step: number) => {
    if (spec.afterEval === null) return {};
    const draw = Math.random;
    seedMathRandom(seed, 'afterEval', step);
    try {
      return (await spec.afterEval({ model, step, isLast: step === steps, show })) ?? {};
    } finally {
      useRandomStream(draw);
    }
  };

  const isEvaluated = (step: number) => step % spec.evalEvery === 0 || step === steps;

  /** A rank's part of a step, with its data on the device. */
  const shareAt = (step: number, ownRank: number): RankShare => {
    const rank = lane.breakers.includes('same-data') ? 0 : ownRank;
    const batches = microBatches(sampler.shardAt(step, rank), lane.gradAccumSteps).map(({ rows, weight }, place) => {
      const batch = spans.measure('data', () => train.batch(rows, place));
      return { ...batch, weight };
    });
    return { microSteps: batches, weight: sampler.weightAt(step, rank), data: batches.flatMap(({ inputs }) => inputs) };
  };

  /** The mean loss, and how much the wire lost. */
  const updateAt = async (step: number): Promise<readonly [StepLoss, number | null]> => {
    const data: tf.Tensor[] = [];
    const lasting = () => ({ weights: variables, optimizer: optimizerSlots(optimizer), data: [...data, ...train.resident] });
    if (virtual !== null) {
      const stepLoss = await meter.measure(lasting, () => virtual.run((rank) => shareAt(step, rank)));
      return [stepLoss, virtual.takeWireError()];
    }
    const share = shareAt(step, group.rank);
    data.push(...share.data);
    // The pass forward already moves moving averages; a step that is broken off must not leave them moved.
    const before = lane.elastic ? new Snapshot(otherWeights) : null;
    try {
      const stepLoss = await meter.measure(lasting, async () => {
        const result = await update.run(share.microSteps, share.weight);
        completedStep = step;
        await average?.after(step, step === steps);
        return result;
      });
      return [stepLoss, update.takeWireError()];
    } catch (error) {
      if (completedStep < step) before?.restore();
      throw error;
    } finally {
      before?.dispose();
      train.release(data, engine.backend !== null && !ownCode && update.probe === null && update.look === null);
    }
  };

  /** Ranks do the same work, and have the same overflows: the first one tells. */
  const watchedUpdate = async (step: number): ReturnType<typeof updateAt> => {
    if (numbers === null || group.rank > 0) return updateAt(step);
    const look = update.probe === null ? numbers.begin(step) : null;
    update.look = look;
    try {
      const updated = await updateAt(step);
      if (look !== null) numbers.end(look, scaler?.usedScale ?? null);
      if (update.overflow !== null) numbers.checked(step, update.overflow);
      return updated;
    } catch (error) {
      look?.dispose();
      throw error;
    } finally {
      look?.close();
      update.look = null;
    }
  };

  const trainStep = async (context: ProgramContext, step: number) => {
    const [stepLoss, wireError] = await watchedUpdate(step);
    const lossScale = scaler?.usedScale ?? null;
    const skippedSteps = scaler?.skippedSteps ?? null;
    const gradientNorm = (virtual ?? update).gradientNorm;
    const known = { epoch: step / sampler.stepsPerEpoch, gradientNorm, lossScale, skippedSteps };
    context.log({ loss: stepLoss, ...present({ ...known, wireError }) });
    if (typeof stepLoss !== 'number') stepLoss.dispose();
  };

  return {
    variables,
    optimizer,
    meter,
    scaler,
    model,
    numbers,
    testSampleCount: test?.rowCount ?? null,
    completedStep: () => completedStep,
    async goOn(next, from) {
      update.dispose();
      group = next;
      ({ update, average, sampler } = inGroup(true));
      if (from.donor !== null) {
        await handOver(group, { variables, otherWeights, optimizer, scaler }, from.donor, completedStep < from.step);
      }
      completedStep = from.step;
      evaluatedStep = from.evaluatedStep;
      if (agreesAfter(lane, from.step)) await checkReplicasAgree(group, variables, from.step);
      seedMathRandom(seed, 'train', group.rank, from.step);
    },
    watch(probe) {
      update.probe = probe;
    },
    execution: () => update.execution,
    virtualBytesSent: () => virtual?.bytesSent ?? null,
    async train(context) {
      if (evaluatedStep < completedStep && isEvaluated(completedStep)) await evaluateNow(context, completedStep);
      for (let step = completedStep + 1; step <= steps; step++) {
        await context.step(() => trainStep(context, step));
        if (isEvaluated(step)) await evaluateNow(context, step);
      }
    },
  };
}

function present(values: Readonly<Partial<Record<OwnMetric | 'wireError', StepLoss | null>>>): Record<string, StepLoss> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
}

/** The lane's loss scaling; null where the loss is used as it is. */
export function createScaler(engine: Engine, lane: Lane): GradScaler | null {
  const { lossScale, initScale, growthInterval } = lane;
  if (lossScale === 'off') return null;
  if (lossScale !== 'dynamic') return new GradScaler(engine, { initScale: lossScale, isDynamic: false });
  return new GradScaler(engine, { ...(initScale === null ? {} : { initScale }), ...(growthInterval === null ? {} : { growthInterval }) });
}
