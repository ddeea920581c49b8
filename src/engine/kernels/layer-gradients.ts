// What the gradients of dense and of convolution layers share: before their activation, and of their bias. The slope of an activation is told
// from its result, so that nothing but the result has to be kept.
//   y = activation(z)    dz = dy · activation'(y)    z = … + bias    dBias = Σ over all axes of dz but the last

import type { KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { activationGradientProgram, columnSumsProgram, mostSummedRows, type SlopedActivation } from './layer-gradient-programs.ts';

const activationGradientName = 'LockstepActivationGradient';
const columnSumsName = 'LockstepColumnSums';

/** Activations that a program can apply itself, and whose slope follows from the result. */
const fused: readonly string[] = ['linear', 'relu', 'elu', 'sigmoid'] satisfies readonly FusedActivation[];

/** The name of such an activation. */
export type FusedActivation = SlopedActivation | 'linear';

/** Whether it is one of those, by the name of its class. */
export function isFused(activation: string): activation is FusedActivation {
  return fused.includes(activation);
}

/** Registers the kernels. */
export function registerLayerGradients(): void {
  tf.registerKernel(activationGradientKernel);
  tf.registerKernel(columnSumsKernel);
}

/** dz, given dy and y of one shape. */
export function beforeActivation(activation: FusedActivation, dy: Tensor, y: Tensor): Tensor {
  return activation === 'linear' ? dy : tf.engine().runKernel<Tensor>(activationGradientName, { dy, y }, { activation });
}

/** (…, N) -> (N) */
export function biasGradient(dz: Tensor): Tensor {
  const rows = tf.reshape(dz, rowsOf(dz.shape));
  return rows.shape[0] <= mostSummedRows ? tf.engine().runKernel<Tensor>(columnSumsName, { dz: rows }) : tf.sum(rows, 0);
}

/** All but the last dimension in one. */
export function rowsOf(shape: readonly number[]): [number, number] {
  const columns = shape.at(-1) ?? 1;
  return [sizeOf(shape.slice(0, -1)), columns];
}

const activationGradientKernel = onWebGpu(activationGradientName, (inputs, activation, backend) => {
  const [dy, y] = [inputs['dy'], inputs['y']] as [TensorInfo, TensorInfo]; // as above
  const size = sizeOf(y.shape);
  const { dataId } = backend.runWebGPUProgram(activationGradientProgram(activation, size), [flat(dy), flat(y)], 'float32');
  return { dataId, dtype: 'float32', shape: [...y.shape] };
});

const columnSumsKernel = onWebGpu(columnSumsName, (inputs, _, backend) => {
  const { dz } = inputs as { readonly dz: TensorInfo }; // as above
  const [rows, columns] = rowsOf(dz.shape);
  const program = columnSumsProgram(columns);
  return backend.runWebGPUProgram(program, [flat(dz)], 'float32', [{ type: 'int32', data: [rows] }]);
});

function onWebGpu(
  kernelName: string,
  compute: (inputs: Readonly<Record<string, TensorInfo>>, activation: SlopedActivation, backend: LockstepBackend) => TensorInfo,
): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      // This file calls it, with all its inputs; the registered 'webgpu' backend is ours (start-webgpu.ts).
      compute(inputs as Readonly<Record<string, TensorInfo>>, attrs?.['activation'] as SlopedActivation, backend as LockstepBackend),
  };
}

function flat({ dataId, dtype, shape }: TensorInfo): TensorInfo {
  return { dataId, dtype, shape: [sizeOf(shape)] };
}
