// Checks what a replica says about its numbers: known kinds, counts that are counts, names and lists that are bounded. A message that breaks a rule
// is dropped as a whole.

import { isRecord } from '../core/is-record.ts';
import { binCount, lineClasses } from '../core/number-line.ts';
import type { LineClass, LineCounts } from '../core/number-line.ts';
import { countedKinds } from '../train/number-lines.ts';
import type { CountedKind, CountedTensor, NumberLines, Overflow } from '../train/number-lines.ts';

const mostTensors = 2000;
const mostAxes = 8;
const mostNameLength = 200;

/** The numbers of a step, or null where they are none. */
export function parseNumberLines(value: unknown): NumberLines | null {
  if (!isRecord(value) || !isCount(value['step'])) return null;
  const { step, lossScale, tensors } = value;
  if (!(lossScale === null || typeof lossScale === 'number') || !Array.isArray(tensors) || tensors.length > mostTensors) return null;
  const parsed = (tensors as readonly unknown[]).map(parseTensor);
  return parsed.every((tensor) => tensor !== null) ? { step, lossScale, tensors: parsed } : null;
}

/** An overflow, or null where it is none. */
export function parseOverflow(value: unknown): Overflow | null {
  if (!isRecord(value)) return null;
  const { step, name, isSkipped } = value;
  const kind = kindOf(value['kind']);
  if (!isCount(step) || kind === null || typeof name !== 'string' || typeof isSkipped !== 'boolean') return null;
  return { step, kind, name: name.slice(0, mostNameLength), isSkipped };
}

function parseTensor(value: unknown): CountedTensor | null {
  if (!isRecord(value)) return null;
  const { layer, weight, shape, isF16 } = value;
  const kind = kindOf(value['kind']);
  const counts = parseCounts(value['counts']);
  const unscaled = value['unscaled'] === null ? null : parseCounts(value['unscaled']);
  if (kind === null || typeof isF16 !== 'boolean' || typeof layer !== 'string' || !(weight === null || typeof weight === 'string'))
    return null;
  if (counts === null || (unscaled === null && value['unscaled'] !== null) || !isCounts(shape) || shape.length > mostAxes) return null;
  const name = weight?.slice(0, mostNameLength) ?? null;
  return { kind, layer: layer.slice(0, mostNameLength), weight: name, shape: [...shape], isF16, counts, unscaled };
}

function parseCounts(value: unknown): LineCounts | null {
  if (!isRecord(value) || !isRecord(value['classes'])) return null;
  const { classes, bins } = value;
  const found = lineClasses.map((name) => [name, classes[name]] as const);
  if (!isCounts(bins) || bins.length !== binCount || !found.every(([, count]) => isCount(count))) return null;
  return { classes: Object.fromEntries(found) as Record<LineClass, number>, bins: [...bins] }; // every class has a count
}

function kindOf(value: unknown): CountedKind | null {
  return countedKinds.find((kind) => kind === value) ?? null;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
