// Checks what a replica says its steps were spent on: columns of equal length and the right types, no span that ends before it begins. A batch that breaks a rule is dropped as a whole.

import { isRecord } from '../core/is-record.ts';
import { noBucket, spanPhases, type SpanBatch } from '../train/span-phases.ts';

const mostSpansPerBatch = 16_384;
const mostRanks = 1024;

/** A batch of spans, or null where it is none. */
export function parseSpanBatch(value: unknown): SpanBatch | null {
  if (!isRecord(value)) return null;
  const { rank, droppedCount, step, phase, bucket, startMs, endMs } = value;
  if (!isWhole(rank, 0, mostRanks - 1) || !isWhole(droppedCount, 0, Number.MAX_SAFE_INTEGER)) return null;
  if (!(step instanceof Int32Array) || !(phase instanceof Uint8Array) || !(bucket instanceof Int32Array)) return null;
  if (!(startMs instanceof Float64Array) || !(endMs instanceof Float64Array)) return null;
  const { length } = step;
  if (length > mostSpansPerBatch || [phase, bucket, startMs, endMs].some((column) => column.length !== length)) return null;
  for (let at = 0; at < length; at++) {
    const [from = Number.NaN, to = Number.NaN] = [startMs[at], endMs[at]];
    if ((step[at] ?? 0) < 1 || (phase[at] ?? 0) >= spanPhases.length || (bucket[at] ?? 0) < noBucket) return null;
    if (!(from >= 0 && from <= to && to < Infinity)) return null;
  }
  return { rank, step, phase, bucket, startMs, endMs, droppedCount };
}

function isWhole(value: unknown, smallest: number, largest: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= smallest && value <= largest;
}
