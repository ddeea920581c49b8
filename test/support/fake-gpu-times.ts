// GPU times with obviously made-up numbers: halves of halves of 8 ms.

import type { GpuTimes } from '../../src/core/gpu-times.ts';

/** After so many timed steps, the last of them `lastStep`. */
export function fakeGpuTimes(lastStep: number, stepCount: number): GpuTimes {
  return {
    origin: 'measured',
    stepCount,
    lastStep,
    resolutionMs: 0.0625,
    spanMs: 8,
    dispatchCount: 24,
    untimedCount: 0,
    phases: [
      { phase: 'input', ms: 0 },
      { phase: 'forward', ms: 2 },
      { phase: 'backward', ms: 4 },
      { phase: 'read-back', ms: 0.25 },
      { phase: 'update', ms: 1 },
      { phase: 'other', ms: 0.25 },
    ],
    kernels: [
      { phase: 'backward', name: 'FAKE matMulPacked 784×128, 128×256 → 784×256', runCount: 1, ms: 2 },
      { phase: 'forward', name: 'FAKE conv2DDirect 128×28×28×1, 3×3×1×16 → 128×28×28×16', runCount: 1, ms: 1 },
      { phase: 'update', name: 'FAKE optim adam 784×256', runCount: 6, ms: 0.5 },
      { phase: 'input', name: 'copy of 401408 bytes', runCount: 1, ms: 0 },
    ],
  };
}
