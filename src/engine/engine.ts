// The engine as everything above it sees it: tfjs on one device, whichever backend computes. What only WebGPU has is null elsewhere, and
// whoever uses it has a second way that needs nothing but tfjs.

import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { PlaygroundError } from '../core/errors.ts';
import type { BackendName, DeviceReport } from '../core/device-report.ts';
import type { HalfPass } from '../core/precision/precision-mode.ts';
import type { LockstepBackend } from './backend/lockstep-backend.ts';
import type { GpuLedger } from './gpu-ledger.ts';
import { tf } from './tf.ts';

/** tfjs on one device. */
export interface Engine {
  readonly tf: typeof tf;
  /** Null without WebGPU. */
  readonly backend: LockstepBackend | null;
  /** Null without WebGPU. */
  readonly device: GPUDevice | null;
  /** The books of GPU memory; null without WebGPU, where nothing says what a tensor takes. */
  readonly ledger: GpuLedger | null;
  readonly report: DeviceReport;
  /** Resolves when the device is lost; stays pending on the CPU. */
  readonly lost: Promise<PlaygroundError>;
  /**
   * Runs a synchronous function with matrix products, convolutions and what flows between them in f16. Gradients taken inside run in f16
   * as well; losses, reductions and the gradients of weights stay f32, unless the pass is one in f16 everywhere. Where f16 is simulated,
   * the same values are rounded instead.
   */
  autocast<T>(run: () => T, pass?: HalfPass): T;
  /** Runs a synchronous function with every new tensor in f32, also inside `autocast`. */
  fullPrecision<T>(run: () => T): T;
  /** A copy as autocast would store it. Float tensors only. The caller disposes it. */
  toF16(tensor: Tensor): Tensor;
  /** Whether a tensor is stored in, or rounded to, f16. */
  isF16(tensor: Pick<TensorInfo, 'dataId'>): boolean;
  /** From now on a float variable is stored in, or rounded to, f16, whatever is assigned to it; an optimizer rounds what it leaves there. */
  keepInF16(variable: Variable): void;
  /** Submits recorded commands and resolves when the device has finished them. Throws the device's first error, if it ever had one. */
  sync(): Promise<void>;
  /** Throws the device's first error, if it ever had one. */
  check(): Promise<void>;
  /** Gives the device back; no tensor of it may be used afterwards. */
  dispose(): void;
}

/** What a backend starts with; start.ts adds the self-test and what was tried before. */
export type StartedEngine = Omit<Engine, 'report'> & { readonly report: Omit<DeviceReport, 'fallbacks' | 'selfTest'> };

/** Makes one of tfjs's registered backends the active one. Throws `device-unavailable`. */
export async function activate(name: BackendName): Promise<void> {
  if (await tf.setBackend(name)) return;
  throw unavailable(`tfjs refused to start its ${name} backend`, 'Reload the page.');
}

/** `device-unavailable`; `reason` is a clause that also stands in notes. */
export function unavailable(reason: string, whatToDo: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError('device-unavailable', `startEngine: expected a device, but ${reason}. ${whatToDo}`, { reason }, { cause });
}

/** The value; throws `program-invalid` where it is a promise, whose later ops would run outside the scope. */
export function refusePromise<T>(value: T): T {
  if (value instanceof Promise)
    throw new PlaygroundError(
      'program-invalid',
      'autocast: expected a synchronous function, got one that returns a promise. Await outside of it.',
    );
  return value;
}
