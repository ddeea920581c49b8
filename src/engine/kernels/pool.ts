// tf.maxPool and tf.avgPool and their gradients, four channels at a time. Stock keeps what is not float, channels that four does not divide,
// windows of one pixel (which compute nothing), and the gradient of maxima over windows that overlap.

import type { TensorInfo } from '@tensorflow/tfjs';
import { chooseVariant } from '../tune/variant-table.ts';
import { poolGeometry, type ConvGeometry } from './conv-geometry.ts';
import { isFloat, isShape, runFlat } from './kernel-program.ts';
import { areWindowsApart, averagePoolGradientProgram, maxPoolGradientProgram } from './pool-gradient-programs.ts';
import { poolProgram } from './pool-program.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

/** Puts our programs in the place of tfjs's kernels. */
export function registerPool(): void {
  replaceKernel('MaxPool', (call) => pool(call, 'max'));
  replaceKernel('AvgPool', (call) => pool(call, 'avg'));
  replaceKernel('MaxPoolGrad', maxPoolGradient);
  replaceKernel('AvgPoolGrad', averagePoolGradient);
}

function pool({ inputs: { x }, attributes, backend }: KernelArguments, kind: 'max' | 'avg'): TensorInfo | null {
  if (!isFloat(x)) return null;
  const geometry = poolGeometry(x.shape, attributes);
  if (geometry === null || !isOurs(geometry, `${kind}Pool`)) return null;
  return runFlat(backend, poolProgram(geometry, kind), [x]);
}

function maxPoolGradient({ inputs: { dy, input }, attributes, backend }: KernelArguments): TensorInfo | null {
  if (!isFloat(dy) || !isFloat(input)) return null;
  const geometry = poolGeometry(input.shape, attributes);
  if (geometry === null || !areWindowsApart(geometry) || !isShape(dy, geometry.outShape)) return null;
  return isOurs(geometry, 'maxPoolGradient') ? runFlat(backend, maxPoolGradientProgram(geometry), [dy, input]) : null;
}

function averagePoolGradient({ inputs: { dy, input }, attributes, backend }: KernelArguments): TensorInfo | null {
  if (!isFloat(dy) || !isFloat(input)) return null;
  const geometry = poolGeometry(input.shape, attributes);
  if (geometry === null || !isShape(dy, geometry.outShape)) return null;
  return isOurs(geometry, 'avgPoolGradient') ? runFlat(backend, averagePoolGradientProgram(geometry), [dy]) : null;
}

function isOurs({ filterHeight, filterWidth, inChannels }: ConvGeometry, kernel: string): boolean {
  if (inChannels % 4 !== 0 || (filterHeight === 1 && filterWidth === 1)) return false;
  return chooseVariant(kernel, 'all', ['vec4', 'stock']) !== 'stock';
}
