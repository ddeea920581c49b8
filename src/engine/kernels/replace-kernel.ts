// Puts a kernel of ours in front of tfjs's own of the same name on WebGPU. tfjs keeps one kernel per name and backend, so the stock one is
// taken off, kept, and called for every case that ours does not handle: nothing that worked stops working, and nothing changes in the
// programs people write.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';

/** What tfjs calls a kernel with. */
export interface KernelArguments {
  readonly inputs: Readonly<Record<string, TensorInfo | null | undefined>>;
  /** As the op was called: strides, padding and the like, checked by the op. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly backend: LockstepBackend;
}

/** Computes the result, or answers null where the case is not one of its own: then the stock kernel runs. */
export type OwnKernel = (call: KernelArguments) => TensorInfo | null;

const replaced = new Set<string>();

/** Replaces a WebGPU kernel of tfjs; a second time it does nothing. Throws `internal` where tfjs has no kernel of that name. */
export function replaceKernel(kernelName: string, own: OwnKernel): void {
  if (replaced.has(kernelName)) return;
  const stock = tf.getKernel(kernelName, 'webgpu');
  if (stock === undefined)
    throw new PlaygroundError(
      'internal',
      `WebGPU kernels: expected tfjs to have ${kernelName}, got none. Use tfjs 4.22.0, which this engine is written for.`,
    );
  const kernelFunc: KernelFunc = (call) => {
    // The registered 'webgpu' backend is ours (start-webgpu.ts).
    const backend = call.backend as LockstepBackend;
    return own({ inputs: call.inputs, attributes: call.attrs ?? {}, backend }) ?? stock.kernelFunc(call);
  };
  tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({ ...stock, kernelFunc });
  replaced.add(kernelName);
}
