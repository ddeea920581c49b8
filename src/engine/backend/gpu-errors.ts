// WebGPU reports errors out of band: a WGSL error makes a pipeline that silently writes nothing, and tfjs never asks, so a training run
// would go on with zeros. Here every shader and pipeline is created inside an error scope, everything else arrives through
// `uncapturederror`, and the first error is kept: results after it cannot be trusted, so every later check throws it again.

import { PlaygroundError } from '../../core/errors.ts';

/** Collects the errors of one GPUDevice. */
export class GpuErrors {
  /** Resolves when the device is gone; never rejects. */
  readonly lost: Promise<PlaygroundError>;
  private readonly device: GPUDevice;
  private readonly pending = new Set<Promise<void>>();
  private first: PlaygroundError | null = null;

  constructor(device: GPUDevice) {
    this.device = device;
    device.addEventListener('uncapturederror', (event) => this.keep(describe('GPU command', event.error)));
    this.lost = device.lost.then((info) => {
      const error = new PlaygroundError(
        'device-lost',
        `GPU device: expected it to stay, got lost (${info.reason || 'unknown'}): ${info.message || 'no reason given'}. Run again; if it repeats, use a smaller batch or model.`,
        { reason: info.reason },
      );
      this.keep(error);
      return error;
    });
  }

  /** Creates a GPU object inside an error scope; `what` names it in the message. */
  watch<T>(what: string, create: () => T): T {
    this.device.pushErrorScope('validation');
    try {
      return create();
    } finally {
      const done: Promise<void> = this.device
        .popErrorScope()
        .then((error) => {
          if (error !== null) this.keep(describe(what, error));
        })
        // The scope of a lost device cannot be read; `lost` says so instead.
        .catch((cause: unknown) =>
          this.keep(
            new PlaygroundError('device-lost', `${what}: expected the device's answer, got ${String(cause)}. Run again.`, {}, { cause }),
          ),
        )
        .finally(() => this.pending.delete(done));
      this.pending.add(done);
    }
  }

  /** Waits for open error scopes. Throws the first error the device ever reported. */
  async check(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    if (this.first !== null) throw this.first;
  }

  private keep(error: PlaygroundError): void {
    this.first ??= error;
  }
}

function describe(what: string, error: GPUError): PlaygroundError {
  if (typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError) {
    return new PlaygroundError(
      'not-supported',
      `${what}: expected room on the GPU, got none (${error.message}). Use a smaller batch or model.`,
      { reason: 'out-of-memory' },
    );
  }
  return new PlaygroundError('internal', `${what}: expected a valid GPU program, got: ${error.message}`, { what });
}
