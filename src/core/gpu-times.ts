// What the device spent a step on, by its own time stamps: per phase, and the kernels that took most. Plain data, because it crosses from a
// worker to the page (runner/checked-gpu-times.ts checks it) and is part of the results.

/** In the order of a step. */
export const gpuPhases = [
  /** The batch is copied to where a recorded step reads it. */
  'input',
  /** Under the tape, until the loss is there. */
  'forward',
  /** From the loss to the gradients. */
  'backward',
  /** Gradients, or the loss, are copied to where the host can read them. */
  'read-back',
  /** The optimizer. */
  'update',
  /** None of these: loss scaling, adding up micro-batches, keeping the loss, whatever a program does by itself. */
  'other',
] as const;

export type GpuPhase = (typeof gpuPhases)[number];

/** Kernels that are told by name. */
export const mostToldKernels = 10;

/** One kernel with its shapes, or copies of one length, over a whole step in one phase. */
export interface GpuKernelTime {
  readonly phase: GpuPhase;
  /** Such as `matMulPacked 128×784, 784×256 → 128×256`. */
  readonly name: string;
  /** How often it runs in a step; the mean, because a copy that belongs to no step may fall into one. */
  readonly runCount: number;
  /** Milliseconds of a step; the mean over the timed steps. */
  readonly ms: number;
}

/** Where the device's time goes, measured in a few steps of one rank. */
export interface GpuTimes {
  readonly origin: 'measured';
  /** Timed steps that did the same, which the means are taken over. */
  readonly stepCount: number;
  /** The last of them. */
  readonly lastStep: number;
  /** What the device's stamps are multiples of, as far as they show; browsers round them, to 0.1 ms and less. 0 where nothing was timed. */
  readonly resolutionMs: number;
  /** From the first kernel to the end of the last, in each command buffer, added up: what lies between two of them is not the device's time. */
  readonly spanMs: number;
  /** Kernels that a step runs, copies not counted. */
  readonly dispatchCount: number;
  /** Commands of the last step that found no room to be timed. */
  readonly untimedCount: number;
  /** Phases that occurred, in their order. */
  readonly phases: readonly { readonly phase: GpuPhase; readonly ms: number }[];
  /** The most expensive, `mostToldKernels` at most, the longest first. */
  readonly kernels: readonly GpuKernelTime[];
}
