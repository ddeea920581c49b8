// The dynamic loss scale, as a rule on plain numbers. f16 cannot hold gradients below 6e-8, so the loss is multiplied by a large factor
// before the backward pass and the gradients are divided by it after. The factor is found by trial: a step whose gradients overflow is
// skipped and the factor halved; after `growthInterval` good steps in a row it is doubled. Every number is an f32 and every product is rounded
// to one, so that the rule has the same bits here and on the GPU (loss-scale-kernel.ts).
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
  /** Good steps in a row before the scale grows: 2,000. At most 16,777,216, to which an f32 counts. */
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

/**
 * The scale stays between them: it and its inverse are normal f32 numbers, where a GPU may take smaller ones for 0. torch's would go on, to
 * infinity and to 0, where no step is ever taken again.
 */
export const largestScale = 2 ** 126;
export const smallestScale = 2 ** -126;

/** As far as an f32 counts. */
export const largestGrowthInterval = 2 ** 24;

/** Options with every default filled in, as f32. Throws `config-invalid`, naming the field. */
export function parseLossScaleOptions(options: LossScaleOptions): Required<LossScaleOptions> {
  const { initScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000, isDynamic = true } = options;
  const [scale, growth, backoff] = [Math.fround(initScale), Math.fround(growthFactor), Math.fround(backoffFactor)];
  requireThat(isLossScale(initScale), 'initScale', 'a positive number, at most 2^126', initScale);
  requireThat(Number.isFinite(growth) && growth > 1, 'growthFactor', 'a number above 1', growthFactor);
  requireThat(backoff > 0 && backoff < 1, 'backoffFactor', 'a number between 0 and 1', backoffFactor);
  requireThat(
    Number.isInteger(growthInterval) && growthInterval > 0 && growthInterval <= largestGrowthInterval,
    'growthInterval',
    'a whole number of steps, from 1 to 16777216',
    growthInterval,
  );
  return { initScale: scale, growthFactor: growth, backoffFactor: backoff, growthInterval, isDynamic };
}

/** Whether a loss can be multiplied by it. */
export function isLossScale(value: unknown): value is number {
  return typeof value === 'number' && Math.fround(value) >= smallestScale && Math.fround(value) <= largestScale;
}

/** The state after a step that did, or did not, find an infinity or NaN in its gradients. */
export function nextLossScale(state: LossScaleState, foundInf: boolean, options: Required<LossScaleOptions>): LossScaleState {
  const skippedSteps = state.skippedSteps + (foundInf ? 1 : 0);
  if (!options.isDynamic) return { ...state, skippedSteps };
  const growthTracker = foundInf ? 0 : state.growthTracker + 1;
  if (!foundInf && growthTracker < options.growthInterval) return { ...state, growthTracker, skippedSteps };
  const moved = Math.fround(state.scale * (foundInf ? options.backoffFactor : options.growthFactor));
  return { scale: isLossScale(moved) ? moved : state.scale, growthTracker: 0, skippedSteps };
}

function requireThat(holds: boolean, field: string, expected: string, got: unknown): void {
  if (!holds) throw new PlaygroundError('config-invalid', `GradScaler.${field}: expected ${expected}, got ${String(got)}.`, { field });
}
