// `ctx.amp`: mixed precision for programs that write their own loop.

import { applyTimes } from '../engine/optim/apply-gradients.ts';
import { foundInf } from '../engine/precision/finite-check.ts';
import { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/engine.ts';
import type { Amp, LossScaler } from './context.ts';
import { inPrecision } from './in-precision.ts';
import type { Lane } from './lane.ts';

/**
 * Mixed precision for a lane; in an fp32 lane autocast passes everything through, and so does the scaler where the loss is not scaled.
 * `onScaler` hears of every scaler that is made.
 */
export function createAmp(engine: Engine, lane: Lane, onScaler: (scaler: GradScaler) => void): Amp {
  return {
    autocast: (body) => inPrecision(engine, lane.precision, body),
    gradScaler(options = {}) {
      if (lane.lossScale === 'off') return noScaler;
      const scaler = new GradScaler(engine, options);
      onScaler(scaler);
      return dynamicScaler(engine, scaler);
    },
  };
}

const noScaler: LossScaler = {
  scale: 1,
  skippedSteps: 0,
  scaleLoss: (loss) => loss,
  step: (optimizer, gradients) => {
    optimizer.applyGradients({ ...gradients });
    return Promise.resolve(true);
  },
};

function dynamicScaler(engine: Engine, scaler: GradScaler): LossScaler {
  return {
    get scale() {
      return scaler.state.scale;
    },
    get skippedSteps() {
      return scaler.state.skippedSteps;
    },
    scaleLoss: (loss) => scaler.scale(loss),
    async step(optimizer, gradients) {
      const flag = foundInf(engine, Object.values(gradients));
      const [isOverflow = 1] = await flag.data<'float32'>();
      flag.dispose();
      if (isOverflow === 0) applyTimes(optimizer, { ...gradients }, scaler.inverseScale);
      scaler.update(isOverflow !== 0);
      return isOverflow === 0;
    },
  };
}
