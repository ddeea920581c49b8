// tf.matMul and tf.fused.matMul through our tiled program (matmul-program.ts), and with them every dense layer: its forward pass is A·B, its
// gradients are dY·Bᵀ and Aᵀ·dY. Stock tfjs reads a transposed operand one value at a time.
//
// Stock keeps what is not float, prelu (whose slope is a tensor), a bias that is not one value per column, and batches that are broadcast
// in other ways than one matrix for all.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { FlattenedProgram } from '../timing/dispatch-notes.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { parseActivation } from './activation-wgsl.ts';
import { matMulProgram, type Epilogue } from './matmul-program.ts';
import { matMulShape } from './matmul-shape.ts';
import { matMulVariants, shapeClassOf, tiles } from './matmul-variants.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

/** Puts the tiled product in the place of both of tfjs's kernels. */
export function registerMatMul(): void {
  replaceKernel('BatchMatMul', matMul);
  replaceKernel('_FusedMatMul', matMul);
}

function matMul({ inputs, attributes, backend }: KernelArguments): TensorInfo | null {
  const { a, b, bias, preluActivationWeights } = inputs;
  if (!isFloat(a) || !isFloat(b)) return null;
  const shape = matMulShape(a, b, attributes['transposeA'] === true, attributes['transposeB'] === true);
  const epilogue = epilogueOf(bias, attributes, shape?.columns ?? 0);
  if (shape === null || epilogue === null || hasTensor(preluActivationWeights)) return null;
  const shapeClass = shapeClassOf(shape);
  const tile = tiles[chooseVariant('matMul', shapeClass, matMulVariants(shapeClass))];
  const call = tile === undefined ? null : matMulProgram(shape, tile, epilogue);
  if (call === null) return null;
  const operands = epilogue.hasBias && hasTensor(bias) ? [a, b, bias] : [a, b];
  return run(backend, call, operands, shape.outShape);
}

/** Operands go in flat: tensors of any rank share one pipeline. */
function run(
  backend: LockstepBackend,
  { program, uniforms }: NonNullable<ReturnType<typeof matMulProgram>>,
  operands: readonly TensorInfo[],
  outShape: readonly number[],
): TensorInfo {
  const flat = operands.map(({ dataId, dtype, shape }) => ({ dataId, dtype, shape: [sizeOf(shape)] }));
  const shaped: typeof program & FlattenedProgram = { ...program, trueShapes: [...operands.map(({ shape }) => shape), outShape] };
  const { dataId } = backend.runWebGPUProgram(shaped, flat, 'float32', uniforms);
  return { dataId, dtype: 'float32', shape: [...outShape] };
}

/** What follows the sum; null where the program cannot do it. */
function epilogueOf(bias: TensorInfo | null | undefined, attributes: KernelArguments['attributes'], columns: number): Epilogue | null {
  const activation = parseActivation(attributes['activation']);
  if (activation === null) return null;
  const { leakyreluAlpha } = attributes;
  const alpha = typeof leakyreluAlpha === 'number' ? leakyreluAlpha : 0;
  if (!hasTensor(bias)) return { hasBias: false, activation, alpha };
  const isPerColumn = isFloat(bias) && bias.shape.at(-1) === columns && sizeOf(bias.shape) === columns;
  return isPerColumn ? { hasBias: true, activation, alpha } : null;
}

function hasTensor(tensor: TensorInfo | null | undefined): tensor is TensorInfo {
  return tensor !== null && tensor !== undefined;
}

function isFloat(tensor: TensorInfo | null | undefined): tensor is TensorInfo {
  return tensor?.dtype === 'float32';
}
