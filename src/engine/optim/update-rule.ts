// What an optimizer does to one value of one weight, written once as data: which slots it reads and writes, which numbers it takes, and the
// formula in WGSL. fused/update-kernel.ts makes a GPU program of it. Where there is no WebGPU, tfjs's own implementation runs, or `inOps`
// where tfjs has none or a wrong one. The formulas are tfjs 4.22.0's, so that both agree within rounding; docs/optimizers.md lists them
// beside PyTorch's.

import type { Optimizer, Tensor } from '@tensorflow/tfjs';
import type { SlotField } from './optimizer-fields.ts';

/** A weight's gradient, under the weight's name; null where tfjs was given none, because the loss does not depend on the weight. */
export interface NamedGradient {
  readonly name: string;
  readonly tensor: Tensor | null | undefined;
}

/** One kind of slot: a tensor beside every weight, in its shape. */
export interface SlotRule {
  /** Its name in `update`. */
  readonly name: string;
  /** Where tfjs keeps it. */
  readonly field: SlotField;
  /** tfjs's name for it, after the weight's. */
  readonly suffix: string;
  /** What it is full of before the first step; 0 where absent. */
  readonly start?: (optimizer: Optimizer) => number;
}

/** Scalars that change once a step, kept on the GPU, so that a replayed step moves them on as well. */
export interface ScalarRule {
  /** tfjs's private fields; their names stand for the values in `begin`. */
  readonly fields: readonly string[];
  /** What `begin` computes for `update`, at most three. */
  readonly given: readonly string[];
  /** WGSL: assigns `given`, then moves the scalars on to the next step. */
  readonly begin: string;
}

/**
 * One optimizer's rule. In WGSL, `w` is the weight, `g` its gradient, unscaled and clipped, `zero` a 0 of their type, which is f32 or vec4;
 * slots and constants go by their names, and the latter are f32.
 */
export interface UpdateRule {
  readonly name: string;
  readonly slots: readonly SlotRule[];
  /** Numbers beside `learningRate`, at most eight, in an order that never changes. */
  readonly constants: (optimizer: Optimizer) => Readonly<Record<string, number>>;
  readonly scalars?: ScalarRule;
  /** WGSL: assigns `w` and the slots. */
  readonly update: string;
  /** The whole update in tfjs's ops, the iteration counted; `stock` is tfjs's own. */
  readonly inOps?: (
    optimizer: Optimizer,
    gradients: readonly NamedGradient[],
    stock: (gradients: readonly NamedGradient[]) => void,
  ) => void;
}
