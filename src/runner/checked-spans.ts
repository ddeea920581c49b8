// Checks what a replica says its steps were spent on. Columns of equal length, whole numbers where whole numbers belong, no span that ends
// before it begins. A batch that breaks a rule is dropped as a whole.

import { isRecord } from '../core/is-record.ts';
import { noBucket, spanPhases, type SpanBatch } from '../train/span-phases.ts';

const mostSpansPerBatch = 16_384;
const mostRanks = 1024;
const mostBuckets = 65_536;

/** A batch of spans, or null where it is none. */
export function parseSpanBatch(value: unknown): SpanBatch | null {
  if (!isRecord(value)) return null;
  const { rank, droppedCount } = value;
  const step = toNumbers(value['step']);
  const phase = toNumbers(value['phase']);
  const bucket = toNumbers(value['bucket']);
  const startMs = toNumbers(value['startMs']);
  const endMs = toNumbers(value['endMs']);
  if (step === null || phase === null || bucket === null || startMs === null || endMs === null) return null;
  const isWhole =
    isWholeFrom(0, mostRanks - 1)(rank) &&
    isWholeFrom(0, Number.MAX_SAFE_INTEGER)(droppedCount) &&
    step.every(isWholeFrom(1, Number.MAX_SAFE_INTEGER)) &&
    phase.every(isWholeFrom(0, spanPhases.length - 1)) &&
    bucket.every(isWholeFrom(noBucket, mostBuckets));
  const isEquallyLong = [phase, bucket, startMs, endMs].every(({ length }) => length === step.length);
  const isOrdered = startMs.every((from, at) => Number.isFinite(from) && from >= 0 && from <= (endMs[at] ?? Number.NaN));
  if (!isWhole || !isEquallyLong || !isOrdered || !endMs.every(Number.isFinite)) return null;
  return { rank: Number(rank), step, phase, bucket, startMs, endMs, droppedCount: Number(droppedCount) };
}

function toNumbers(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) || value.length > mostSpansPerBatch) return null;
  return value.every((item) => typeof item === 'number') ? value : null;
}

const isWholeFrom =
  (smallest: number, largest: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= smallest && value <= largest;
