// What happens to one step's gradients on the host, before and after they are reduced over the ranks: weighting, rounding where a mode keeps them in
// f16, unscaling, and the look-out for overflows.

import { roundInPlaceToFloat16 } from '../core/float16.ts';
import type { PrecisionMode } from '../core/precision/precision-mode.ts';
import { isFiniteEverywhere } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';

/** One step's. */
export class HostGradients {
  private readonly scaler: GradScaler | null;
  /** What a wire owes from one step to the next must not change its scale with the loss scale. */
  private readonly isUnscaledFirst: boolean;
  /** Whether the mean over the ranks, taken in f32, is rounded: before the loss scale is taken off it, because that is what the scale is for. */
  private readonly isRounded: boolean;
  /** Whether any reduced gradient was Inf or NaN; a loss may be, and the step is taken, as where the device decides. */
  isOverflow = false;
  private squares = 0;

  /** `hasFeedback`: whether the wire keeps what it lost. */
  constructor(scaler: GradScaler | null, hasFeedback: boolean, format: PrecisionMode['gradients']) {
    this.scaler = scaler;
    this.isUnscaledFirst = hasFeedback;
    this.isRounded = format === 'fp16' && (scaler === null || !hasFeedback);
  }

  /** A rank's own values, in place; `rankWeight` is its weight in the mean over the ranks. */
  before(flat: Float32Array, rankWeight: number): void {
    if (rankWeight !== 1) scaleInPlace(flat, rankWeight);
    if (this.isUnscaledFirst) this.scaler?.unscaleFlat(flat);
  }

  /** Reduced values, in place; the first `size` of them are gradients, and what follows is the loss. */
  after(flat: Float32Array, size: number): void {
    if (this.isRounded) roundInPlaceToFloat16(flat.subarray(0, size));
    if (this.scaler !== null && !isFiniteEverywhere(flat.subarray(0, size))) this.isOverflow = true;
    if (!this.isUnscaledFirst) this.scaler?.unscaleFlat(flat);
    this.squares += sumOfSquares(flat, size);
  }

  /** ‖g‖₂ of the reduced gradients, unscaled; added up in float64. */
  get norm(): number {
    return Math.sqrt(this.squares);
  }
}

function sumOfSquares(values: Float32Array, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index++) {
    const value = values[index] ?? 0;
    sum += value * value;
  }
  return sum;
}

function scaleInPlace(values: Float32Array, factor: number): void {
  for (let index = 0; index < values.length; index++) values[index] = (values[index] ?? 0) * factor;
}
