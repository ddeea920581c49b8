// Loss scaling around an optimizer step, with torch.amp.GradScaler's names, defaults and order:
//   scale(loss) → gradients → unscale → skip the optimizer where an infinity was found → update
// The rule itself is loss-scale.ts. Whether an infinity was found is decided by the caller, on the GPU (finite-check.ts) or from the flat
// gradients that data-parallel ranks exchange anyway, so that every rank skips the same steps.

import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../engine.ts';
import { nextLossScale, parseLossScaleOptions, type LossScaleOptions, type LossScaleState } from './loss-scale.ts';

/** The loss scale of one lane. */
export class GradScaler {
  private readonly engine: Engine;
  private readonly options: Required<LossScaleOptions>;
  private current: LossScaleState;

  /** Throws `config-invalid`, naming the option. */
  constructor(engine: Engine, options: LossScaleOptions = {}) {
    this.engine = engine;
    this.options = parseLossScaleOptions(options);
    this.current = { scale: this.options.initScale, growthTracker: 0, skippedSteps: 0 };
  }

  get state(): LossScaleState {
    return this.current;
  }

  /** What takes the scale off a gradient again. */
  get inverseScale(): number {
    return 1 / this.current.scale;
  }

  /** Continues from a saved state. */
  restore(state: LossScaleState): void {
    this.current = state;
  }

  /** `loss × scale`, f32; differentiate this. */
  scale(loss: Scalar): Scalar {
    return this.engine.fullPrecision(() => this.engine.tf.mul<Scalar>(loss, this.current.scale));
  }

  /** `tensor / scale`, f32, as new tensors under the same names. The scaled ones stay the caller's. */
  unscale(gradients: NamedTensorMap): NamedTensorMap {
    const inverse = this.inverseScale;
    return this.engine.fullPrecision(() =>
      Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, this.engine.tf.mul<Tensor>(gradient, inverse)])),
    );
  }

  /** Divides flat gradients by the scale, in place; each product is rounded to f32 as on the GPU. */
  unscaleFlat(gradients: Float32Array): void {
    const inverse = Math.fround(this.inverseScale);
    for (let index = 0; index < gradients.length; index++) gradients[index] = (gradients[index] ?? 0) * inverse;
  }

  /** Ends a step: backs off after an infinity, grows after enough good steps. Skip the optimizer where `foundInf`. */
  update(foundInf: boolean): void {
    this.current = nextLossScale(this.current, foundInf, this.options);
  }
}
