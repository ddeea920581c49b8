// The declarative form's loop, written on the program's own context: data, model, and then step by step a shard of the global batch,
// an update, and now and then an evaluation.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import { hashHex } from '../core/hash.ts';
import { checkDataset } from '../data/check-dataset.ts';
import { createOptimizer, optimizerSlots, refuseWrongOptimizer } from '../engine/optim.ts';
import { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/engine.ts';
import { readWeights } from '../engine/weights-hash.ts';
import { tf } from '../engine/tf.ts';
import { buildModel, doubleSoftmaxNote } from './build-model.ts';
import type { ProgramContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import type { Experiment } from './experiment.ts';
import { GradientStep } from './gradient-step.ts';
import { HostSplit } from './host-split.ts';
import type { Lane } from './lane.ts';
import { lossFunction } from './loss.ts';
import { createShardSampler } from './sampler.ts';
import { seedMathRandom } from './seeded-random.ts';
import { StepMeter } from './step-meter.ts';
import type { StepProbe } from './step-probe.ts';

/** A rank of an experiment, ready for its first step. */
export interface PreparedExperiment {
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly meter: StepMeter;
  readonly scaler: GradScaler | null;
  readonly model: tf.LayersModel;
  /** Looks into the steps that follow, or no longer does. */
  watch(probe: StepProbe | null): void;
  /** Trains to the end. */
  train(context: ProgramContext): Promise<void>;
}

/** Loads the data and builds model and optimizer. Throws what is wrong with any of them. */
export async function prepareExperiment(
  spec: Experiment,
  rank: { readonly engine: Engine; readonly group: ProcessGroup; readonly lane: Lane; readonly seed: number; readonly steps: number },
): Promise<PreparedExperiment> {
  const { engine, group, lane, seed, steps } = rank;
  seedMathRandom(seed, 'data');
  const data = checkDataset(await spec.data());
  const train = await HostSplit.take(data.train);
  const test = data.test === null ? null : await HostSplit.take(data.test);

  seedMathRandom(seed, 'model');
  const { model, variables } = await buildModel(spec, train.xRowShape);
  const note = doubleSoftmaxNote(spec, model);
  if (note !== null && group.rank === 0) console.warn(note);
  const optimizer = makeOptimizer(spec);
  const scaler = createScaler(engine, lane);
  const loss = lossFunction(spec.loss);
  const update = new GradientStep({ engine, group, precision: lane.precision, optimizer, variables, scaler });
  const meter = new StepMeter(engine);
  const sampler = createShardSampler({
    sampleCount: train.rowCount,
    globalBatch: spec.globalBatch,
    rank: group.rank,
    worldSize: group.worldSize,
    seed,
  });
  await checkReplicasAgree(group, variables, 0);
  seedMathRandom(seed, 'train', group.rank);

  const evaluateNow = async (context: ProgramContext, step: number) => {
    await checkReplicasAgree(group, variables, step);
    if (test === null || group.rank !== 0) return;
    const withAccuracy = spec.metrics.includes('accuracy');
    context.evaluated({ ...(await evaluate({ engine, precision: lane.precision, model, loss, split: test, withAccuracy })) });
  };

  const trainStep = async (context: ProgramContext, step: number) => {
    const rows = sampler.shardAt(step);
    const [x, y] = [train.xTensor(rows), train.yTensor(rows)];
    try {
      const lasting = () => ({ weights: variables, optimizer: optimizerSlots(optimizer), data: [x, y] });
      const stepLoss = await meter.measure(lasting, () => update.run(() => loss(model.apply(x, { training: true }) as tf.Tensor, y))); // one output, see buildModel
      context.log({ loss: stepLoss });
      if (typeof stepLoss !== 'number') stepLoss.dispose();
    } finally {
      tf.dispose([x, y]);
    }
  };

  return {
    variables,
    optimizer,
    meter,
    scaler,
    model,
    watch(probe) {
      update.probe = probe;
    },
    async train(context) {
      for (let step = 1; step <= steps; step++) {
        await context.step(() => trainStep(context, step));
        if (step % spec.evalEvery === 0 || step === steps) await evaluateNow(context, step);
      }
    },
  };
}

function makeOptimizer(spec: Experiment): tf.Optimizer {
  if (typeof spec.optimizer !== 'function') return createOptimizer(spec.optimizer);
  const optimizer: unknown = spec.optimizer();
  if (optimizer instanceof tf.Optimizer) {
    refuseWrongOptimizer(optimizer);
    return optimizer;
  }
  throw new PlaygroundError(
    'program-invalid',
    `optimizer: expected a tf.Optimizer, got ${String(optimizer)}. Return one, such as tf.train.adam(1e-3).`,
    { place: 'optimizer' },
  );
}

/** The lane's loss scaling; null where the loss is used as it is. */
export function createScaler(engine: Engine, lane: Lane): GradScaler | null {
  if (lane.precision !== 'fp16' || lane.lossScale === 'off') return null;
  if (lane.lossScale === 'dynamic') return new GradScaler(engine);
  return new GradScaler(engine, { initScale: lane.lossScale, isDynamic: false });
}

/** Compares every rank's weights by hash. Throws `replicas-differ`, naming the step and the first odd rank. */
async function checkReplicasAgree(group: ProcessGroup, variables: readonly tf.Variable[], step: number): Promise<void> {
  if (group.worldSize === 1) return;
  const own = Number.parseInt(hashHex(await readWeights(variables)), 16);
  const words = new Float32Array(new Uint32Array([own & 0xffff, own >>> 16])); // 16 bits each: exact as floats
  const all = await group.allGather(words);
  const odd = all.findIndex((each) => each[0] !== all[0]?.[0] || each[1] !== all[0]?.[1]);
  if (odd === -1) return;
  const when = step === 0 ? 'before the first step' : `after step ${step}`;
  throw new PlaygroundError(
    'replicas-differ',
    `replicas: the weights of rank ${odd} are not those of rank 0 ${when}. Every rank must build the same model from the same seed.`,
    { step, rank: odd },
  );
}
