// Every number in 32 bits: what the other modes are compared with.

import type { PrecisionMode } from './precision-mode.ts';

export const fp32: PrecisionMode = {
  format: 'fp32',
  pass: 'nothing',
  weights: 'fp32',
  isLossScaled: false,
  source: 'IEEE 754-2019',
};
