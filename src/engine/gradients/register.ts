// The gradients that tfjs-core 4.22.0 lacks or gets wrong, for every backend; a file each, and a line here.

import { registerBroadcastGradients } from './broadcast.ts';
import { registerComparisonGradients } from './comparison.ts';
import { registerCumprodGradient } from './cumprod.ts';
import { registerDilatedConvGradient } from './dilated-conv.ts';
import { registerEinsumGradient } from './einsum.ts';
import { registerMissingGradients } from './missing.ts';
import { registerMoveGradients } from './moves.ts';
import { registerStridedSliceGradient } from './strided-slice.ts';

let missing: readonly string[] | null = null;

/** Registers them, once per worker; returns the names of the kernels that still have none and say so. */
export function registerGradients(): readonly string[] {
  if (missing !== null) return missing;
  registerBroadcastGradients();
  registerComparisonGradients();
  registerCumprodGradient();
  registerDilatedConvGradient();
  registerEinsumGradient();
  registerMoveGradients();
  registerStridedSliceGradient();
  missing = registerMissingGradients();
  return missing;
}
