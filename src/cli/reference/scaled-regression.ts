// A linear regression whose samples hold an infinity now and then (test/reference/grad-scaler.py draws the same), trained by the product's own
// steps: ranks over memory, the loss scale on the host or on the device.

import { createMemoryTransports } from '../../collective/memory-transport.ts';
import { ProcessGroup } from '../../collective/process-group.ts';
import { createOptimizer } from '../../engine/optim/create-optimizer.ts';
import type { OptimizerSpec } from '../../engine/optim/optimizer-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import { GradScaler } from '../../engine/precision/grad-scaler.ts';
import type { LossScaleState } from '../../engine/precision/loss-scale.ts';
import { tf } from '../../engine/tf.ts';
import { readWeights } from '../../engine/weights-hash.ts';
import { GradientStep } from '../../train/gradient-step.ts';
import { parseLane } from '../../train/lane.ts';
import { lossFunction } from '../../train/loss.ts';
import { StepSpans } from '../../train/step-spans.ts';

/** The input of a case of grad-scaler.json. */
export interface ScaledRegression {
  readonly optimizer: OptimizerSpec;
  readonly ranks: number;
  readonly samples: number;
  readonly seed: number;
  readonly steps: number;
  readonly init: number;
  readonly interval: number;
}

/** A rank after every step. */
export interface ScaledTraining {
  readonly scale: readonly number[];
  readonly tracker: readonly number[];
  readonly skipped: readonly number[];
  /** Three weights and the bias, step after step. */
  readonly weights: readonly number[];
  readonly execution: string;
}

/** Every rank's training; `options`: of the lane's short form, such as `+eager`. */
export async function trainScaled(engine: Engine, input: ScaledRegression, options = ''): Promise<readonly ScaledTraining[]> {
  const { ranks, samples, seed, steps } = input;
  const groups = createMemoryTransports(ranks).map((transport) => new ProcessGroup(transport));
  const lane = parseLane(`${ranks}xfp16${options}`, 'lane');
  const members = groups.map((group) => createRank(engine, input, group, lane));
  const draw = drawBytes(seed);
  const seen: RankOutcome[][] = [];
  for (let step = 0; step < steps; step++) {
    const batches = members.map(() => drawBatch(draw, samples));
    await Promise.all(members.map(({ take }, rank) => take(batches[rank] ?? { x: [], y: [] })));
    seen.push(await Promise.all(members.map(({ look }) => look())));
  }
  return members.map(({ execution }, rank) => {
    const ofRank = seen.flatMap((outcomes) => outcomes[rank] ?? []);
    return {
      scale: ofRank.map(({ scale }) => scale),
      tracker: ofRank.map(({ growthTracker }) => growthTracker),
      skipped: ofRank.map(({ skippedSteps }) => skippedSteps),
      weights: ofRank.flatMap(({ weights }) => weights),
      execution: execution(),
    };
  });
}

/** One rank: takes a batch, and says where that has brought it. */
export function createRank(engine: Engine, input: ScaledRegression, group: ProcessGroup, lane: ReturnType<typeof parseLane>) {
  const scaler = new GradScaler(engine, { initScale: input.init, growthInterval: input.interval });
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 1, kernelInitializer: 'zeros' })] });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // a LayerVariable reads as its variable
  const update = new GradientStep({
    engine,
    group,
    lane,
    model,
    variables,
    scaler,
    optimizer: createOptimizer(input.optimizer),
    loss: lossFunction('meanSquaredError'),
    hasOwnCode: false,
    spans: new StepSpans(group.rank),
  });
  return {
    async take({ x, y }: Batch): Promise<void> {
      const data = { x: tf.tensor(x, [input.samples, 3]), y: tf.tensor(y, [input.samples, 1]) };
      const inputs = [data.x, data.y];
      const loss = await update.run([{ ...data, weight: 1, inputs, load: null }]);
      tf.dispose([...inputs, ...(typeof loss === 'number' ? [] : [loss])]);
    },
    async look(): Promise<RankOutcome> {
      return { ...(await scaler.read()), weights: (await readWeights(variables)).flatMap((values) => [...values]) };
    },
    execution: () => update.execution,
  };
}

interface RankOutcome extends LossScaleState {
  readonly weights: readonly number[];
}

interface Batch {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The next samples. */
export function drawBatch(draw: () => number, samples: number): { readonly x: number[]; readonly y: number[] } {
  const unit = () => draw() / 128 - 1;
  const x = Array.from({ length: 3 * samples }, unit);
  const y = Array.from({ length: samples }, (_, sample) => {
    const [a = 0, b = 0, c = 0] = x.slice(3 * sample);
    return a - 2 * b + c / 2 + unit() / 4;
  });
  if (draw() < 8) x[0] = Number.POSITIVE_INFINITY;
  return { x, y };
}

/** Numerical Recipes' linear congruential generator, of which bits 16 to 23 are used. */
export function drawBytes(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 16) & 255;
  };
}
