// tf.relu four values at a time, and its gradient in one program; tfjs takes one value at a time, and makes a mask of ones and zeros before
// it multiplies.
//   out[i] = max(x[i], 0), NaN where x is NaN        dx[i] = dy[i] · step(x[i])
// The product is kept, although choosing would do: where a gradient overflowed, 0 · Inf is the NaN that loss scaling looks for, as in tfjs.
// Buffers: x, dy, out, float32, flat, a multiple of 4 values. Grid: one invocation = four values. Oracle: the CPU backend
// (ops-elementwise.test.ts, own-kernels.test.ts). Exact.

import type { GradConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { isFloat, runFlat, type FlatProgram } from './kernel-program.ts';
import { replaceKernel } from './replace-kernel.ts';

/** A kernel that tfjs does not have: inputs x and dy. */
const gradientKernel = 'ReluGradient';

/** Puts our program in the place of tfjs's kernel, and a kernel of ours into the gradient of relu. */
export function registerRelu(): void {
  replaceKernel('Relu', ({ inputs: { x }, backend }) => (isFloat(x) && isOurs('relu', x) ? runFlat(backend, reluProgram(x), [x]) : null));
  // A kernel is called with the backend it is registered for, and 'webgpu' is ours (start-webgpu.ts).
  tf.registerKernel({
    kernelName: gradientKernel,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>; // as gradientOfRelu calls it
      return runFlat(backend as LockstepBackend, reluGradientProgram(x), [x, dy]);
    },
  });
  const stock = tf.getGradient('Relu');
  tf.registerGradient(gradientOfRelu(stock));
  tf.registerGradient(gradientOfGradient);
}

/** tfjs's gradient wherever ours does not compute: gradients are registered for all backends at once. */
function gradientOfRelu(stock: GradConfig): GradConfig {
  return {
    kernelName: 'Relu',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved;
      const isHere = tf.backend() instanceof LockstepBackend && !Array.isArray(dy) && dy.dtype === 'float32';
      return x !== undefined && isHere && isFloat(x) && isOurs('reluGradient', x)
        ? { x: () => tf.engine().runKernel<Tensor>(gradientKernel, { x, dy }) }
        : stock.gradFunc(dy, saved, attributes);
    },
  };
}

/** Linear in dy, and constant in x but for one point. */
const gradientOfGradient: GradConfig = {
  kernelName: gradientKernel,
  inputsToSave: ['x'],
  gradFunc: (ddx, [x]) => ({
    x: () => tf.zerosLike(ddx as Tensor), // the kernel has one output
    dy: () => tf.mul(ddx as Tensor, tf.step(x as Tensor)), // saved above
  }),
};

function isOurs(kernel: string, { shape }: TensorInfo): boolean {
  const size = sizeOf(shape);
  return size > 0 && size % 4 === 0 && chooseVariant(kernel, 'all', ['vec4', 'stock']) !== 'stock';
}

function reluProgram({ shape }: TensorInfo): FlatProgram {
  return elementwise('reluVec4', ['x'], shape, 'select(x_i, vec4<f32>(0.0), x_i < vec4<f32>(0.0))');
}

/** A NaN in x goes through, as it does through tfjs's step. */
function reluGradientProgram({ shape }: TensorInfo): FlatProgram {
  const step = 'select(select(vec4<f32>(0.0), vec4<f32>(1.0), x_i > vec4<f32>(0.0)), x_i, isnanVec4(x_i))';
  return elementwise('reluGradientVec4', ['x', 'dy'], shape, `dy_i * ${step}`);
}

/** `result` is WGSL over the inputs' values, each called by the input's name and `_i`. */
function elementwise(key: string, names: readonly string[], shape: readonly number[], result: string): FlatProgram {
  const count = sizeOf(shape) / 4;
  return {
    key,
    inputs: names.map((name) => [name, 4]),
    outputComponents: 4,
    uniformDeclaration: 'count : i32,',
    uniforms: [{ type: 'int32', data: [count] }],
    shape,
    invocationCount: count,
    wgsl: () => `
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  ${names.map((name) => `let ${name}_i = vec4<f32>(${name}[index]);`).join(' ')}
  setOutputAtIndex(index, ${result});
}`,
  };
}
