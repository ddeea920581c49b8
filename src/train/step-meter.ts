// Measures the GPU memory of a rank's first steps. The first creates optimizer slots and compiles, the second and third are like
// all later ones; the most any of them held is what is reported.

import type { GpuBytes } from '../core/device-report.ts';
import { measureStep } from '../engine/gpu-bytes.ts';
import type { LastingTensors } from '../engine/gpu-bytes.ts';
import type { Engine } from '../engine/engine.ts';

const measuredStepCount = 3;

/** One per rank. */
export class StepMeter {
  private readonly engine: Engine;
  private stepCount = 0;
  private most: GpuBytes | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Runs one step, measuring it if it is one of the first. */
  async measure<T>(lasting: () => LastingTensors, step: () => T | Promise<T>): Promise<T> {
    if (this.stepCount >= measuredStepCount) return step();
    this.stepCount++;
    const { result, bytes } = await measureStep(this.engine, lasting, step);
    if (bytes === null) return result;
    // The first step is eager, and its buffers are a tensor's each; those of a recorded step serve several.
    const graph = Math.max(bytes.graph, this.most?.graph ?? 0);
    const parts = (this.most ?? bytes).parts;
    const activations = Math.max(0, graph - (parts?.gradients ?? 0) - (parts?.weightCopies ?? 0));
    this.most = { ...bytes, graph, ...(parts === undefined ? {} : { parts: { ...parts, activations } }) };
    return result;
  }

  /** Null before the first step and without a GPU. `peak` is as of now. */
  bytes(): GpuBytes | null {
    return this.most === null ? null : { ...this.most, peak: this.engine.ledger?.peakBytes ?? this.most.peak };
  }
}
