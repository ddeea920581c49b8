// From what a lane measured here to what the model needs: one micro-batch's time, and the bytes of the gradients.

import type { AllReduceName } from '../collective/all-reduce.ts';

/** What a lane measured. */
export interface MeasuredLane {
  readonly worldSize: number;
  readonly allReduce: AllReduceName;
  readonly medianStepMs: number;
  /** Of a step, measured: reading gradients back, averaging, uploading. Null where it is not known. */
  readonly communicationMs: number | null;
  readonly steps: number;
  /** By rank 0, over all steps. */
  readonly bytesSent: number;
}

/**
 * Seconds of one micro-batch. The ranks of a lane share one device and compute one after the other on it: the step, less what averaging
 * took, divided by their number. Where that is not known the micro-batch still holds its part of it, and is a little too long.
 */
export function microBatchSeconds({ worldSize, medianStepMs, communicationMs }: MeasuredLane): number {
  return Math.max(0, medianStepMs - (communicationMs ?? 0)) / worldSize / 1000;
}

/** Bytes of all gradients as they travelled, from what rank 0 sent in a step; null where it sent nothing. */
export function gradientBytes({ worldSize, allReduce, steps, bytesSent }: MeasuredLane): number | null {
  if (worldSize === 1 || steps === 0 || bytesSent === 0) return null;
  return bytesSent / steps / copiesSentByRankZero[allReduce](worldSize);
}

/** How many times the gradients' bytes rank 0 sends in one all-reduce; message headers (16 bytes) are not counted out. */
const copiesSentByRankZero: Readonly<Record<AllReduceName, (worldSize: number) => number>> = {
  direct: (worldSize) => (2 * (worldSize - 1)) / worldSize,
  ring: (worldSize) => (2 * (worldSize - 1)) / worldSize,
  // Where ranks pair up, rank 0 only hands everything to rank 1.
  tree: (worldSize) => (Number.isInteger(Math.log2(worldSize)) ? (2 * (worldSize - 1)) / worldSize : 1),
  naive: (worldSize) => worldSize - 1,
};
