// One update of a lane whose ranks are virtual: rank after rank computes its gradients on the one copy of the weights, draws from its own
// random numbers and gives its gradients to the lane's all-reduce; then there is one update. Every rank of a real lane would have made
// the same one. The mathematics of N workers, not their speed.

import { wireOf } from '../collective/wire/wire.ts';
import { PlaygroundError } from '../core/errors.ts';
import { precisionMode } from '../core/precision/precision-modes.ts';
import { tf } from '../engine/tf.ts';
import { named } from './gradient-step.ts';
import type { GradientStep, GradientStepOptions } from './gradient-step.ts';
import { HostGradients } from './host-gradients.ts';
import type { MicroStep } from './micro-step.ts';
import { randomStream, useRandomStream } from './seeded-random.ts';
import type { RandomStream } from './seeded-random.ts';
import { VirtualExchange } from './virtual-exchange.ts';

/** A rank's part of a step. */
export interface RankShare {
  readonly microSteps: readonly MicroStep[];
  /** Its weight in the mean over the ranks. */
  readonly weight: number;
  /** Tensors that are done with once its gradients are there. */
  readonly data: readonly tf.Tensor[];
}

/** What a virtual step needs to know. */
export interface VirtualStepOptions extends Pick<GradientStepOptions, 'engine' | 'lane' | 'model' | 'scaler'> {
  readonly seed: number;
}

/** Of all ranks only the first is looked at. */
const unseen = { probe: null, look: null };

/** Repeats the update of all virtual ranks. */
export class VirtualStep {
  private readonly options: VirtualStepOptions;
  private readonly step: GradientStep;
  private exchange: VirtualExchange | null = null;
  private names: readonly string[] = [];
  /** ‖g‖₂ of the mean gradients of the last step, unscaled; null before the first. */
  gradientNorm: number | null = null;
  private readonly randomOf: readonly RandomStream[];

  /** `step` computes and applies. Throws `not-supported` where a layer keeps a state of its own. */
  constructor(step: GradientStep, options: VirtualStepOptions) {
    const { lane, model, seed } = options;
    refuseState(model);
    this.options = options;
    this.step = step;
    this.randomOf = Array.from({ length: lane.worldSize }, (_, rank) => randomStream(seed, 'train', rank));
  }

  /** Bytes that rank 0 of as many workers would have sent with its gradients so far. */
  get bytesSent(): number {
    return this.exchange?.bytesSent ?? 0;
  }

  /** How much the wire lost of rank 0's gradients in the last step; null where nothing can be lost. */
  takeWireError(): number | null {
    return this.exchange?.takeWireError() ?? null;
  }

  /** One update; the result is the mean loss over all ranks. `shareOf` is asked rank by rank. Throws `not-supported` where ranks would hold too much. */
  async run(shareOf: (rank: number) => RankShare): Promise<number> {
    const { step } = this;
    const { probe, look } = step;
    const { scaler, lane, model } = this.options;
    const host = new HostGradients(scaler, wireOf(lane.wire)?.hasFeedback ?? false, precisionMode(lane.precision).gradients);
    const averages = new MovingAverages(model);
    try {
      for (const [rank, random] of this.randomOf.entries()) {
        useRandomStream(random);
        await this.give(shareOf(rank), host, rank === 0 ? { probe, look } : unseen);
        if (rank === 0) averages.keep();
      }
    } finally {
      averages.restore();
      useRandomStream(this.randomOf[0] ?? Math.random); // what comes between steps is rank 0's
    }
    const mean = this.exchangeOf([]).finish((flat, size) => host.after(flat, size));
    this.gradientNorm = host.norm;
    await step.applyMean(named(this.names, mean.tensors), host.isOverflow);
    await probe?.updated();
    return mean.scalar;
  }

  private async give(share: RankShare, host: HostGradients, { probe, look }: Pick<GradientStep, 'probe' | 'look'>): Promise<void> {
    try {
      const pass = await this.step.backward(share.microSteps, probe, look);
      const { gradients, loss } = pass;
      await this.exchangeOf(Object.entries(gradients)).give(Object.values(gradients), loss, (flat) => host.before(flat, share.weight));
      pass.dispose();
    } finally {
      tf.dispose([...share.data]);
    }
  }

  /** Made for the first gradients there are. */
  private exchangeOf(gradients: readonly (readonly [string, tf.Tensor])[]): VirtualExchange {
    if (this.exchange !== null) return this.exchange;
    const { engine, lane } = this.options;
    this.names = gradients.map(([name]) => name);
    this.exchange = new VirtualExchange(
      engine,
      lane,
      gradients.map(([, { shape }]) => shape),
    );
    return this.exchange;
  }
}

/** Weights that change without gradients, such as BatchNorm's moving averages: each worker has its own, and rank 0's are evaluated. */
class MovingAverages {
  private readonly variables: readonly tf.Variable[];
  private kept: readonly tf.Tensor[] = [];

  constructor(model: tf.LayersModel) {
    this.variables = model.nonTrainableWeights.map((weight) => weight.read() as tf.Variable); // a LayerVariable reads as its variable
  }

  /** Remembers them as they are; nothing is copied until they change. */
  keep(): void {
    this.kept = this.variables.map((variable) => variable.clone());
  }

  /** Puts back what was kept. */
  restore(): void {
    for (const [index, tensor] of this.kept.entries()) this.variables[index]?.assign(tensor);
    tf.dispose([...this.kept]);
    this.kept = [];
  }
}

function refuseState(model: tf.LayersModel): void {
  const stateful = model.layers.find((layer) => layer.stateful);
  if (stateful === undefined) return;
  throw new PlaygroundError(
    'not-supported',
    `model: layer ${stateful.name} keeps a state from batch to batch, which virtual ranks would share. Use ranks that are not virtual, or stateful: false.`,
    { place: 'model' },
  );
}
