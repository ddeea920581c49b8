// Loss scaling around an optimizer step, with torch.amp.GradScaler's names, defaults and order:
//   scale(loss) → gradients → unscale → skip the optimizer where an infinity was found → update
// The rule itself is loss-scale.ts. Whether an infinity was found is decided on the device where the gradients stay there
// (device-loss-scale.ts), else by the caller: from a flag that is read back (finite-check.ts), or from the flat gradients that data-parallel
// ranks exchange anyway, so that every rank skips the same steps.

import type { NamedTensorMap, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Engine } from '../engine.ts';
import { DeviceLossScale } from './device-loss-scale.ts';
import { nextLossScale, parseLossScaleOptions, type LossScaleOptions, type LossScaleState } from './loss-scale.ts';

/** The loss scale of one lane. */
export class GradScaler {
  private readonly engine: Engine;
  private readonly options: Required<LossScaleOptions>;
  private current: LossScaleState;
  private lastUsed: number;
  private device: DeviceLossScale | null = null;

  /** Throws `config-invalid`, naming the option. */
  constructor(engine: Engine, options: LossScaleOptions = {}) {
    this.engine = engine;
    this.options = parseLossScaleOptions(options);
    this.current = { scale: this.options.initScale, growthTracker: 0, skippedSteps: 0 };
    this.lastUsed = this.current.scale;
  }

  /** Where the host decides. Throws `internal` where the device does: `read` it there. */
  get state(): LossScaleState {
    if (this.device === null) return this.current;
    throw new PlaygroundError('internal', 'GradScaler: expected the loss scale on the host, but the device keeps it. Await read().');
  }

  /** Wherever it is. */
  read(): Promise<LossScaleState> {
    return this.device === null ? Promise.resolve(this.current) : this.device.read();
  }

  /** Continues from a saved state. */
  restore(state: LossScaleState): void {
    this.current = state;
    this.lastUsed = state.scale;
    this.device?.restore(state);
  }

  /** From now on the device keeps the scale, and decides which steps of this optimizer are taken, which `skipsOnDevice`. */
  moveTo(backend: LockstepBackend, optimizer: Optimizer): DeviceLossScale {
    return (this.device ??= new DeviceLossScale(this.engine, backend, optimizer, this.options, this.current));
  }

  /** The scale in force in the last step; a scalar that the next step changes where the device keeps it. */
  get usedScale(): number | Scalar {
    return this.device?.tensors.used ?? this.lastUsed;
  }

  /** Steps skipped so far; as `usedScale`. */
  get skippedSteps(): number | Scalar {
    return this.device?.tensors.skipped ?? this.current.skippedSteps;
  }

  /** What takes the scale off a gradient again. */
  get inverseScale(): number {
    return 1 / this.state.scale;
  }

  /** `loss × scale`, f32; differentiate this. */
  scale(loss: Scalar): Scalar {
    const scale = this.device?.tensors.scale ?? this.current.scale;
    return this.engine.fullPrecision(() => this.engine.tf.mul<Scalar>(loss, scale));
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

  /** Ends a step where the host decides: backs off after an infinity, grows after enough good steps. Skip the optimizer where `foundInf`. */
  update(foundInf: boolean): void {
    this.lastUsed = this.state.scale;
    this.current = nextLossScale(this.state, foundInf, this.options);
  }
}
