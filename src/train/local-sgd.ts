// Local SGD (Stich, 2019; McMahan et al., 2017, call it federated averaging): ranks train on their own for some steps, then average their
// weights. Optimizer slots stay each rank's own, as in torch's `PeriodicModelAverager`.

import type { ProcessGroup } from '../collective/process-group.ts';
import type { Engine } from '../engine/engine.ts';
import { tf } from '../engine/tf.ts';
import type { Lane } from './lane.ts';
import type { StepSpans } from './step-spans.ts';
import { TensorExchange } from './tensor-exchange.ts';

/** Averages the weights of one rank with its peers'. */
export class WeightAverage {
  private readonly variables: readonly tf.Variable[];
  private readonly localSteps: number;
  private readonly exchange: TensorExchange;

  constructor(engine: Engine, group: ProcessGroup, lane: Lane, variables: readonly tf.Variable[], spans: StepSpans) {
    this.variables = variables;
    this.localSteps = lane.sync === 'every-step' ? 1 : lane.sync.localSteps;
    const shapes = variables.map((variable) => variable.shape);
    this.exchange = new TensorExchange({ engine, group, op: 'mean', bucketBytes: lane.bucketBytes, wire: 'fp32', spans }, shapes);
  }

  /** Averages where it is time to: after so many local steps, and after the last. */
  async after(step: number, isLast: boolean): Promise<void> {
    if (step % this.localSteps !== 0 && !isLast) return;
    const mean = await this.exchange.exchange(this.variables);
    for (const [index, tensor] of mean.tensors.entries()) this.variables[index]?.assign(tensor);
    tf.dispose([...mean.tensors]);
  }
}

/** Null where ranks exchange gradients, or there is only one. */
export function createWeightAverage(
  engine: Engine,
  group: ProcessGroup,
  lane: Lane,
  variables: readonly tf.Variable[],
  spans: StepSpans,
): WeightAverage | null {
  return group.worldSize === 1 || lane.sync === 'every-step' ? null : new WeightAverage(engine, group, lane, variables, spans);
}
