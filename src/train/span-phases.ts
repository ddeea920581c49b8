// What a rank does in a step, as the timeline tells it apart. Apart from telemetry.ts and the recorder, so that the page can import it
// without either. Spans are what the rank's worker was at, by its own clock: GPU work is queued and runs behind the code that queued it, so
// that the device shows where somebody waits for it, and only there.

/** In the order of a step. `step` spans the whole of it; the others lie within. */
export const spanPhases = [
  /** From the moment the step may begin until the program goes on to the next. */
  'step',
  /** Picks the rank's rows and makes tensors of them. */
  'data',
  /** Forward and backward pass: until they are recorded, and where something is read back afterwards until the device has done them. */
  'forward-backward',
  /** Everything is recorded and the worker waits for its own device; within `forward-backward`, or at the end of a step. */
  'device',
  /** Gradients come from the device into the worker's memory. */
  'read-back',
  /** A collective, adding and copying included. */
  'reduce',
  /** A peer's message is not there yet; within `reduce`. */
  'wait',
  /** The reduced gradients go back to the device. */
  'upload',
  /** The optimizer's update is recorded. The device runs it at the start of what follows. */
  'optimizer',
] as const;

export type SpanPhase = (typeof spanPhases)[number];

/** For spans that belong to no bucket. */
export const noBucket = -1;

/** Some finished spans of one rank, as columns of equal length: typed, because copying one is a memcpy on either side of the port. */
export interface SpanBatch {
  readonly rank: number;
  readonly step: Int32Array;
  /** Index into `spanPhases`. */
  readonly phase: Uint8Array;
  /** Counted from 0 in the order in which buckets are reduced; `noBucket` where there is none. */
  readonly bucket: Int32Array;
  /** Milliseconds since 1970 by the worker's own clock, the same for all workers of a page up to the browser's rounding. */
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** Spans that found no room since the batch before. */
  readonly droppedCount: number;
}
