// Everything in f16 (`fp16-pure`): whatever a program writes is stored in 16 bits, of any size, the gradients of weights and the loss among it. What is
// left in f32 is inside of programs: sums add up in f32 and are rounded where they are stored; so do sums that one kernel makes in two programs,
// of which the first one's results stay f32, because they are the kernel's own. Programs with atomics stay f32 as well (LockstepBackend).
// What nobody computed (a batch, labels, numbers of the host, tensors full of one, which atomics start from) stays as it was given, but where a product reads it.

import { castsToF16, type ResidencyPolicy } from './residency-policy.ts';

/** Programs whose results are parts of a sum that another program adds up (kernels/row-chunks.ts). */
const parts = /^(?:sumRows|conv2DDerFilterDirect|depthwise_conv2d_backprop_filter_direct)_/;

/** Under `fp16-pure`. */
export const everywherePolicy: ResidencyPolicy = {
  format: 'f16',
  castsInput: (shaderKey, size) => size > 0 && castsToF16(shaderKey),
  outputsF16: ({ shaderKey, outputSize }) => outputSize > 0 && !parts.test(shaderKey) && shaderKey !== 'fill',
};
