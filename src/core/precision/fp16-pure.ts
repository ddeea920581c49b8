// Everything in 16 bits, as by `model.half()`: weights, activations, gradients (those of weights, too), normalisation, softmax, the loss, and the
// optimizer's state. What is left in f32 is inside of programs: arithmetic, and sums while they are added up. The loss is not scaled unless the lane
// says so. What it is for is to see what breaks: means that overflow, squares of gradients that Adam divides by and that are 0, small updates.

import type { PrecisionMode } from './precision-mode.ts';

export const fp16Pure: PrecisionMode = {
  format: 'fp16',
  pass: 'f16-everywhere',
  weights: 'fp16',
  gradients: 'fp16',
  optimizer: 'fp16',
  isLossScaled: false,
  source: 'torch.nn.Module.half(); NVIDIA Apex, opt_level O3',
};
