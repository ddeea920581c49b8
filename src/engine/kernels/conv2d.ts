// tf.conv2d, its gradients and tf.fused.conv2d through our direct programs. A 1 × 1 filter that moves over every pixel is a matrix product
// over channels, and so is one that covers the whole image; both go to the matrix product's own kernel.
//
// Stock keeps what is not float, NCHW, dilation, prelu, and a bias that is not one value per channel.

import type { TensorInfo } from '@tensorflow/tfjs';
import { chooseVariant } from '../tune/variant-table.ts';
import { parseActivation } from './activation-wgsl.ts';
import { asMatMul, matMulFilterGradient, matMulForward, matMulInputGradient } from './conv2d-as-matmul.ts';
import { conv2dFilterGradientProgram, filterGradientElements, filterGradientInvocations } from './conv2d-filter-gradient-program.ts';
import { conv2dForwardProgram, type ConvEpilogue } from './conv2d-forward-program.ts';
import { conv2dInputGradientProgram } from './conv2d-input-gradient-program.ts';
import { convTiles, filterGradientClassOf, tileClassOf, tileVariants } from './conv2d-tile.ts';
import { convGeometry } from './conv-geometry.ts';
import { isFloat, isShape, runFlat } from './kernel-program.ts';
import { addChunks, rowChunks } from './row-chunks.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

/** Puts our programs in the place of tfjs's kernels of plain and fused convolutions and of both gradients. */
export function registerConv2d(): void {
  replaceKernel('Conv2D', forward);
  replaceKernel('FusedConv2D', forward);
  replaceKernel('Conv2DBackpropInput', inputGradient);
  replaceKernel('Conv2DBackpropFilter', filterGradient);
}

function forward(call: KernelArguments): TensorInfo | null {
  const { x, filter, bias, preluActivationWeights } = call.inputs;
  if (!isFloat(x) || !isFloat(filter) || hasTensor(preluActivationWeights)) return null;
  const geometry = convGeometry(x.shape, filter.shape, call.attributes);
  const epilogue = geometry === null ? null : epilogueOf(bias, call.attributes, geometry.outChannels);
  if (geometry === null || epilogue === null) return null;
  const product = asMatMul(geometry);
  if (product !== null) return matMulForward(call, product, geometry.outShape);
  const shapeClass = tileClassOf(geometry, 'forward');
  const tile = convTiles[chooseVariant('conv2d', shapeClass, tileVariants(shapeClass))];
  if (tile === undefined) return null;
  const operands = hasTensor(bias) ? [x, filter, bias] : [x, filter];
  return runFlat(call.backend, conv2dForwardProgram(geometry, tile, epilogue), operands);
}

function inputGradient(call: KernelArguments): TensorInfo | null {
  const { dy, filter } = call.inputs;
  const { inputShape } = call.attributes;
  if (!isFloat(dy) || !isFloat(filter)) return null;
  const geometry = convGeometry(inputShape as number[], filter.shape, call.attributes); // the op's own, always given
  if (geometry === null || !isShape(dy, geometry.outShape)) return null;
  const product = asMatMul(geometry);
  if (product !== null) return matMulInputGradient(call, product, geometry.inShape);
  const shapeClass = tileClassOf(geometry, 'input-gradient');
  const tile = convTiles[chooseVariant('conv2dInputGradient', shapeClass, tileVariants(shapeClass))];
  return tile === undefined ? null : runFlat(call.backend, conv2dInputGradientProgram(geometry, tile), [dy, filter]);
}

function filterGradient(call: KernelArguments): TensorInfo | null {
  const { x, dy } = call.inputs;
  const { filterShape } = call.attributes;
  if (!isFloat(x) || !isFloat(dy)) return null;
  const geometry = convGeometry(x.shape, filterShape as number[], call.attributes); // the op's own, always given
  if (geometry === null || !isShape(dy, geometry.outShape)) return null;
  const product = asMatMul(geometry);
  if (product !== null) return matMulFilterGradient(call, product, geometry.filterShape);
  const elements = filterGradientElements(geometry);
  const variant = chooseVariant('conv2dFilterGradient', filterGradientClassOf(geometry), ['chunks', 'stock']);
  if (elements === null || variant === 'stock') return null;
  const chunks = rowChunks(geometry, filterGradientInvocations(geometry, elements));
  const parts = runFlat(call.backend, conv2dFilterGradientProgram(geometry, elements, chunks), [x, dy]);
  return addChunks(call.backend, parts, geometry.filterShape);
}

/** What follows the sum; null where the program cannot do it. */
function epilogueOf(
  bias: TensorInfo | null | undefined,
  { activation: name, leakyreluAlpha }: KernelArguments['attributes'],
  channels: number,
): ConvEpilogue | null {
  const activation = parseActivation(name);
  if (activation === null) return null;
  if (hasTensor(bias) && !(isFloat(bias) && isShape(bias, [channels]))) return null;
  return { hasBias: hasTensor(bias), activation, alpha: typeof leakyreluAlpha === 'number' ? leakyreluAlpha : 0 };
}

function hasTensor(tensor: TensorInfo | null | undefined): tensor is TensorInfo {
  return tensor !== null && tensor !== undefined;
}
