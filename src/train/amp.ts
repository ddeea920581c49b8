// `ctx.amp`: mixed precision for programs that write their own loop.

import { hasNonFinite } from '../engine/precision/finite-check.ts';
import { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/start.ts';
import { tf } from '../engine/tf.ts';
import type { Amp, LossScaler } from './context.ts';
import type { Lane } from './lane.ts';

/** Mixed precision for a lane; in an fp32 lane autocast and the scaler pass everything through. */
export function createAmp(engine: Engine, lane: Lane): Amp {
  return {
    autocast: (body) => (lane.precision === 'fp16' ? engine.autocast(body) : body()),
    gradScaler: (options = {}) => createLossScaler(engine, lane.precision === 'fp16' ? new GradScaler(options) : null),
  };
}

function createLossScaler(engine: Engine, scaler: GradScaler | null): LossScaler {
  return {
    get scale() {
      return scaler?.scale ?? 1;
    },
    get skippedSteps() {
      return scaler?.state.skippedSteps ?? 0;
    },
    scaleLoss: (loss) => (scaler === null ? loss : tf.mul<tf.Scalar>(loss, scaler.scale)),
    async step(optimizer, gradients) {
      if (scaler === null) {
        optimizer.applyGradients({ ...gradients });
        return true;
      }
      const isOverflow = await hasNonFinite(engine, Object.values(gradients));
      if (!isOverflow) {
        const unscaled = tf.tidy(() => Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, 1 / scaler.scale)])));
        optimizer.applyGradients(unscaled);
        tf.dispose(unscaled);
      }
      scaler.update(isOverflow);
      return !isOverflow;
    },
  };
}
