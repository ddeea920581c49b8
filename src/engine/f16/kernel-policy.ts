// The residency policies (residency-policy.ts, everywhere-policy.ts) for backends whose f16 is simulated, where a decision is made per tfjs kernel
// rather than per GPU program. The lists say the same: `down` and `flow` as there, everything else stays f32, unless the pass is f16 everywhere.

import type { HalfPass } from '../../core/precision/precision-mode.ts';
import { largeInputsAreF16, smallestCastSize, smallestF16Size } from './residency-policy.ts';
import type { InputFacts } from './residency-policy.ts';

/** Matrix products and convolutions, by kernel name; the gradients of filters are not among them: they feed f32 master weights. */
const down: ReadonlySet<string> = new Set([
  'BatchMatMul',
  '_FusedMatMul',
  'Conv2D',
  'FusedConv2D',
  'Conv2DBackpropInput',
  'Conv3D',
  'Conv3DBackpropInputV2',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'DepthwiseConv2dNativeBackpropInput',
]);

/** Moves, pooling and mild elementwise kernels. */
const flow: ReadonlySet<string> = new Set(
  [
    'Abs Elu Neg Relu Relu6 LeakyRelu Sigmoid Sign Step Tanh',
    'RealDiv EluGrad Maximum Minimum Multiply Prelu Sub Add AddN ClipByValue Select',
    'MaxPool MaxPoolGrad MaxPool3D MaxPool3DGrad AvgPool AvgPoolGrad AvgPool3D AvgPool3DGrad',
    'Transpose Concat Pack Unpack SplitV Slice StridedSlice PadV2 MirrorPad Tile Reverse GatherV2',
    'DepthToSpace SpaceToBatchND ResizeNearestNeighbor',
  ].flatMap((names) => names.split(' ')),
);

/** Kernels that pass a tensor on under another shape or name: the result is stored as the input was. */
const views: ReadonlySet<string> = new Set(['Reshape', 'Identity', 'Cast', 'ExpandDims']);

/** Whether a plain f32 input of so many elements is rounded before this kernel. */
export function castsInput(pass: HalfPass, kernel: string, size: number): boolean {
  return size >= (pass === 'f16-everywhere' ? 1 : smallestCastSize) && down.has(kernel);
}

/** Whether a float output of so many elements is stored as f16. */
export function storesF16(pass: HalfPass, kernel: string, attributes: unknown, outputSize: number, inputs: readonly InputFacts[]): boolean {
  if (views.has(kernel)) return inputs.some(({ stored }) => stored === 'f16');
  if (pass === 'f16-everywhere') return outputSize > 0;
  if (outputSize < smallestF16Size || isWeightGradient(attributes)) return false;
  return down.has(kernel) || (flow.has(kernel) && largeInputsAreF16(outputSize, inputs));
}

/** A product whose first operand is transposed: dW = Xᵀ·dY in the gradient of every dense layer. */
function isWeightGradient(attributes: unknown): boolean {
  return (attributes as { readonly transposeA?: unknown } | undefined)?.transposeA === true; // only matrix products have it
}
