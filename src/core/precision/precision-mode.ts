// What a precision mode is: which numbers of a training step are kept in which format, as data. A mode is a file beside this one and a line in
// precision-modes.ts; the engine, the lane parser and the page read all they know of it from there.

/** How a pass computes where not all of it is f32: as torch.amp's autocast lists say, in f16 or in bf16, or whatever a program writes in f16. */
export type HalfPass = 'f16' | 'f16-everywhere' | 'bf16';

/** One way to train, in the names of core/float-formats.ts. */
export interface PrecisionMode {
  /** The format that it is about. */
  readonly format: 'fp32' | 'fp16' | 'bf16';
  /** How a pass computes, forward and backward. */
  readonly pass: 'f32' | HalfPass;
  /** How weights are kept from step to step. A 16-bit one takes part in a step as it is, and is rounded after every update. */
  readonly weights: 'fp32' | 'fp16';
  /** How the gradients of weights are kept until the update. */
  readonly gradients: 'fp32' | 'fp16';
  /** How the optimizer's state is kept, a tensor beside every weight. */
  readonly optimizer: 'fp32' | 'fp16';
  /** Whether the loss is scaled where the lane does not say. */
  readonly isLossScaled: boolean;
  /** Who trains like this. */
  readonly source: string;
}
