// Mixed precision with bfloat16, f32 with 16 fraction bits fewer: as fp16 where autocast would store 16 bits, but with f32's exponents, so that small
// gradients survive without a loss scale, and with eight significant bits where f16 has eleven. Simulated on every device: values are rounded to bf16,
// to nearest, ties to even, and stay in 32 bits; WGSL has no such type.

import type { PrecisionMode } from './precision-mode.ts';

export const bf16: PrecisionMode = {
  format: 'bf16',
  pass: 'bf16',
  weights: 'fp32',
  gradients: 'fp32',
  optimizer: 'fp32',
  isLossScaled: false,
  source: 'Kalamkar et al. 2019, “A Study of BFLOAT16 for Deep Learning Training”; torch.autocast(dtype=torch.bfloat16)',
};
