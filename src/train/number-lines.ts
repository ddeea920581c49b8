// What a rank tells about its numbers and f16: plain data, because it crosses from a worker to the page (runner/checked-number-lines.ts checks
// it) and is part of the results.

import type { LineCounts } from '../core/number-line.ts';

/**
 * `activation`: what a layer gives. `signal`: the gradient of the loss with respect to that, on its way back. `weight`, and its `gradient`.
 * Signals and gradients carry the loss scale.
 */
export const countedKinds = ['activation', 'signal', 'weight', 'gradient'] as const;
export type CountedKind = (typeof countedKinds)[number];

/** One tensor of one step on f16's number line. */
export interface CountedTensor {
  readonly kind: CountedKind;
  readonly layer: string;
  /** The weight's name; null for what belongs to the layer as a whole. */
  readonly weight: string | null;
  readonly shape: readonly number[];
  /** Whether the step keeps it in f16, or rounds it to that where f16 is simulated; else what f16 would make of it. */
  readonly isF16: boolean;
  /** As the step has it. */
  readonly counts: LineCounts;
  /** Without the loss scale; null where there is none, or it does not matter. */
  readonly unscaled: LineCounts | null;
}

/** The numbers of one step of rank 0: layers in the order of the forward pass, each with its kinds in their order. */
export interface NumberLines {
  readonly step: number;
  /** In force in this step; null where the loss is not scaled. */
  readonly lossScale: number | null;
  readonly tensors: readonly CountedTensor[];
}

/** An infinity or a NaN where there should be none. */
export interface Overflow {
  readonly step: number;
  /**
   * The first that overflowed, as far as it was looked for: gradients in every step under a loss scale, in the order of the backward pass;
   * activations, in that of the forward pass, and signals only in steps that were counted.
   */
  readonly kind: CountedKind;
  /** A layer, or a weight for its gradient. */
  readonly name: string;
  /** Whether the optimizer left the step out. */
  readonly isSkipped: boolean;
}

/** Whoever hears of them. */
export interface NumberListener {
  readonly lines: (lines: NumberLines) => void;
  readonly overflow: (overflow: Overflow) => void;
}
