// Both gradients of tf.depthwiseConv2d with one filter per channel. The forward pass stays with tfjs, whose program keeps a strip of vec4
// sums as ours would; its gradients are computed one value at a time, the filter's by as few invocations as it has weights.
//
// Stock also keeps what is not float, dilation, several filters per channel, and filters of more columns than a program writes out.

import type { TensorInfo } from '@tensorflow/tfjs';
import { chooseVariant } from '../tune/variant-table.ts';
import { convGeometry, type ConvGeometry } from './conv-geometry.ts';
import { depthwiseFilterGradientProgram, depthwiseFilterInvocations } from './depthwise-filter-gradient-program.ts';
import { depthwiseInputGradientProgram } from './depthwise-input-gradient-program.ts';
import { componentsFor, isFloat, isShape, runFlat } from './kernel-program.ts';
import { addChunks, rowChunks } from './row-chunks.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

/** A sum for each is written out and kept in a register. */
const widestFilter = 16;

/** Puts our programs in the place of tfjs's kernels of both gradients. */
export function registerDepthwise(): void {
  replaceKernel('DepthwiseConv2dNativeBackpropInput', inputGradient);
  replaceKernel('DepthwiseConv2dNativeBackpropFilter', filterGradient);
}

function inputGradient({ inputs, attributes, backend }: KernelArguments): TensorInfo | null {
  const { dy, filter } = inputs;
  if (!isFloat(dy) || !isFloat(filter)) return null;
  const geometry = convGeometry(attributes['inputShape'] as number[], filter.shape, attributes, 'depthwise'); // the op's own, always given
  if (geometry === null || !isOneToOne(geometry) || !isShape(dy, geometry.outShape)) return null;
  if (variantOf('depthwiseInputGradient', geometry) === 'stock') return null;
  return runFlat(backend, depthwiseInputGradientProgram(geometry), [dy, filter]);
}

function filterGradient({ inputs, attributes, backend }: KernelArguments): TensorInfo | null {
  const { x, dy } = inputs;
  if (!isFloat(x) || !isFloat(dy)) return null;
  const geometry = convGeometry(x.shape, attributes['filterShape'] as number[], attributes, 'depthwise'); // the op's own, always given
  if (geometry === null || !isOneToOne(geometry) || !isShape(dy, geometry.outShape) || geometry.filterWidth > widestFilter) return null;
  if (variantOf('depthwiseFilterGradient', geometry) === 'stock') return null;
  const program = depthwiseFilterGradientProgram(geometry, rowChunks(geometry, depthwiseFilterInvocations(geometry)));
  return addChunks(backend, runFlat(backend, program, [x, dy]), geometry.filterShape);
}

function isOneToOne({ inChannels, outChannels }: ConvGeometry): boolean {
  return inChannels === outChannels;
}

/** One class for each width of an element: what differs between sizes is the same for both implementations. */
function variantOf(kernel: string, { inChannels }: ConvGeometry): string {
  return chooseVariant(kernel, `${componentsFor(inChannels)}`, ['direct', 'stock']);
}
