// Mixed precision as it is meant: matrix products, convolutions and what flows between them in 16 bits; losses, reductions, the gradients of
// weights, the weights themselves (the master weights, rounded to f16 once a step where a product reads them) and the optimizer's state in f32; the
// loss scaled, so that small gradients survive on their way back.

import type { PrecisionMode } from './precision-mode.ts';

export const fp16: PrecisionMode = {
  format: 'fp16',
  pass: 'f16',
  weights: 'fp32',
  gradients: 'fp32',
  optimizer: 'fp32',
  isLossScaled: true,
  source: 'Micikevicius et al. 2018, “Mixed Precision Training”; torch.amp',
};
