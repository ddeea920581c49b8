// Looks into one training step without touching it: what the chosen weight's layer gives forward, the gradient on this rank, the mean
// over the ranks, and how far the optimizer moves the weight. Values are read back, never written; time spent looking (and, in slow
// motion, waiting so that somebody can follow) is kept apart from the time of training.

import { tf } from '../engine/tf.ts';
import { toPhaseView } from './phase-view.ts';
import type { Inspection, PhaseName, PhaseView } from './telemetry.ts';

export interface StepProbeOptions {
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  readonly inspection: Inspection;
  readonly rank: number;
  /** The step under way. */
  readonly step: () => number;
  readonly show: (view: PhaseView) => void;
  /** Milliseconds that were not training. */
  readonly onTimeSpent: (ms: number) => void;
}

/** One weight under the lens, while it stays there. */
export class StepProbe {
  private readonly options: StepProbeOptions;
  private readonly variable: tf.Variable;
  private readonly layer: tf.layers.Layer | null;
  private before = new Float32Array(0);

  constructor(options: StepProbeOptions) {
    const { variables, inspection, model } = options;
    const variable = variables[inspection.weight] ?? variables[0];
    if (variable === undefined) throw new Error('step probe: a model has at least one weight.'); // build-model.ts refuses one without
    this.options = options;
    this.variable = variable;
    this.layer = model.layers.find((layer) => layer.trainableWeights.some((weight) => weight.read() === variable)) ?? null;
  }

  /** Runs the forward and backward pass; `scale` is the loss scale that the gradients carry. */
  async backward<Result extends { readonly gradients: tf.NamedTensorMap }>(run: () => Promise<Result>, scale: number): Promise<Result> {
    await this.look(async () => {
      this.before = Float32Array.from(await this.variable.data());
    });
    const { result, output } = await this.watchLayer(run);
    if (output !== null) await this.show('forward', output);
    const gradient = result.gradients[this.variable.name];
    if (gradient !== undefined) {
      await this.show('gradient', scale === 1 ? gradient.clone() : tf.tidy(() => tf.mul(tf.cast(gradient, 'float32'), 1 / scale)));
    }
    return result;
  }

  /** The gradients after the all-reduce, by name, already unscaled. */
  async reduced(gradients: Readonly<Record<string, tf.Tensor>>): Promise<void> {
    const gradient = gradients[this.variable.name];
    if (gradient !== undefined) await this.show('all-reduce', gradient.clone());
  }

  /** After the optimizer; a skipped step shows a weight that did not move. */
  async updated(): Promise<void> {
    await this.look(async () => {
      const after = await this.variable.data<'float32'>();
      this.emit(
        'update',
        this.variable.shape,
        after.map((value, index) => value - (this.before[index] ?? 0)),
      );
    });
  }

  /** The layer's own `call` is wrapped for the length of one pass: what is seen is what was computed, dropout and all. */
  private async watchLayer<Result>(run: () => Promise<Result>): Promise<{ readonly result: Result; readonly output: tf.Tensor | null }> {
    const { layer } = this;
    if (layer === null) return { result: await run(), output: null };
    let output: tf.Tensor | null = null;
    const call = layer.call.bind(layer);
    layer.call = (inputs, options) => {
      const outputs = call(inputs, options);
      const first = Array.isArray(outputs) ? outputs[0] : outputs;
      if (first !== undefined) {
        output?.dispose();
        output = tf.keep(first.clone());
      }
      return outputs;
    };
    try {
      const result = await run();
      return { result, output };
    } finally {
      Reflect.deleteProperty(layer, 'call'); // the class's own method again
    }
  }

  /** Reads a tensor, shows it, disposes of it. */
  private async show(phase: PhaseName, tensor: tf.Tensor): Promise<void> {
    await this.look(async () => {
      this.emit(phase, tensor.shape, Float32Array.from(await tensor.data()));
      tensor.dispose();
    });
  }

  private emit(phase: PhaseName, shape: readonly number[], values: Float32Array): void {
    const { rank, step, show } = this.options;
    show(toPhaseView({ phase, step: step(), rank, weight: this.variable.name, shape }, values));
  }

  private async look(act: () => Promise<void>): Promise<void> {
    const { inspection, onTimeSpent } = this.options;
    const from = performance.now();
    await act();
    if (inspection.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, inspection.slowMs));
    onTimeSpent(performance.now() - from);
  }
}
