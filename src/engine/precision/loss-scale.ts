// The dynamic loss scale, as a rule on plain numbers. f16 cannot hold gradients below 6e-8, so the loss is multiplied by a large factor
// before the backward pass and the gradients are divided by it after. The factor is found by trial: a step whose gradients overflow is
// skipped and the factor halved; after `growthInterval` good steps in a row it is doubled.
// Source: torch.amp.GradScaler (PyTorch 2, aten/src/ATen/native/cuda/AmpKernels.cu, amp_update_scale); Micikevicius et al. 2018, section 3.2.

import { PlaygroundError } from '../../core/errors.ts';

/** torch.amp.GradScaler's arguments, with its defaults. */
export interface LossScaleOptions {
  /** 65,536. */
  readonly initScale?: number;
  /** 2. */
  readonly growthFactor?: number;
  /** 0.5. */
  readonly backoffFactor?: number;
  /** Good steps in a row before the scale grows: 2,000. */
  readonly growthInterval?: number;
  /** False keeps the scale where it is; steps that overflow are skipped all the same. True where absent. */
  readonly isDynamic?: boolean;
}

/** The state to keep between steps, and to save with a checkpoint. */
export interface LossScaleState {
  readonly scale: number;
  /** Good steps since the scale last changed. */
  readonly growthTracker: number;
  readonly skippedSteps: number;
}

/** Options with every default filled in. Throws `config-invalid`, naming the field. */
export function parseLossScaleOptions(options: LossScaleOptions): Required<LossScaleOptions> {
  const { initScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000, isDynamic = true } = options;
  requireThat(Number.isFinite(initScale) && initScale > 0, 'initScale', 'a positive number', initScale);
  requireThat(Number.isFinite(growthFactor) && growthFactor > 1, 'growthFactor', 'a number above 1', growthFactor);
  requireThat(backoffFactor > 0 && backoffFactor < 1, 'backoffFactor', 'a number between 0 and 1', backoffFactor);
  requireThat(
    Number.isInteger(growthInterval) && growthInterval > 0,
    'growthInterval',
    'a whole number of steps, at least 1',
    growthInterval,
  );
  return { initScale, growthFactor, backoffFactor, growthInterval, isDynamic };
}

/** The state after a step that did, or did not, find an infinity or NaN in its gradients. */
export function nextLossScale(state: LossScaleState, foundInf: boolean, options: Required<LossScaleOptions>): LossScaleState {
  const skippedSteps = state.skippedSteps + (foundInf ? 1 : 0);
  if (!options.isDynamic) return { ...state, skippedSteps };
  if (foundInf) return { scale: state.scale * options.backoffFactor, growthTracker: 0, skippedSteps };
  const growthTracker = state.growthTracker + 1;
  if (growthTracker < options.growthInterval) return { ...state, growthTracker, skippedSteps };
  const grown = Math.fround(state.scale * options.growthFactor);
  // The scale is an f32 on the GPU: it stops growing before it would overflow.
  return { scale: Number.isFinite(grown) ? grown : state.scale, growthTracker: 0, skippedSteps };
}

function requireThat(holds: boolean, field: string, expected: string, got: unknown): void {
  if (!holds) throw new PlaygroundError('config-invalid', `GradScaler.${field}: expected ${expected}, got ${String(got)}.`, { field });
}
