// Every number in 32 bits: what the other modes are compared with.

import type { PrecisionMode } from './precision-mode.ts';

export const fp32: PrecisionMode = {
  format: 'fp32',
  pass: 'f32',
  weights: 'fp32',
  gradients: 'fp32',
  optimizer: 'fp32',
  isLossScaled: false,
  source: 'IEEE 754-2019',
};
