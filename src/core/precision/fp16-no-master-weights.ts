// As fp16, but for the one thing that its master weights are for: a weight is what f16 holds, w ← f16(w − Δ), rounded to nearest, ties to even. An
// update smaller than half the step between f16 neighbours, 2⁻¹¹ of the weight or less, is lost, however often it comes. The optimizer computes
// w − Δ in f32 and keeps its state in f32.

import { fp16 } from './fp16.ts';
import type { PrecisionMode } from './precision-mode.ts';

export const fp16NoMasterWeights: PrecisionMode = {
  ...fp16,
  weights: 'fp16',
  source: 'Micikevicius et al. 2018, section 3.1; NVIDIA Apex, opt_level O2 with master_weights=False',
};
