// Checks what a replica says its device's time went into: known phases, each once, a few kernels with short names, times that are times. A
// message that breaks a rule is dropped as a whole.

import { gpuPhases, mostToldKernels } from '../core/gpu-times.ts';
import type { GpuKernelTime, GpuPhase, GpuTimes } from '../core/gpu-times.ts';
import { isRecord } from '../core/is-record.ts';

const mostNameLength = 160;

/** The times, or null where they are none. */
export function parseGpuTimes(value: unknown): GpuTimes | null {
  if (!isRecord(value) || value['origin'] !== 'measured') return null;
  const { stepCount, lastStep, resolutionMs, spanMs, dispatchCount, untimedCount } = value;
  if (!isCount(stepCount) || stepCount === 0 || !isCount(lastStep) || !isCount(dispatchCount) || !isCount(untimedCount)) return null;
  if (!isAmount(resolutionMs) || !isAmount(spanMs)) return null;
  const phases = listOf(value['phases'], gpuPhases.length, parsePhase);
  const kernels = listOf(value['kernels'], mostToldKernels, parseKernel);
  if (phases === null || kernels === null || new Set(phases.map(({ phase }) => phase)).size < phases.length) return null;
  return { origin: 'measured', stepCount, lastStep, resolutionMs, spanMs, dispatchCount, untimedCount, phases, kernels };
}

function parsePhase(value: unknown): GpuTimes['phases'][number] | null {
  if (!isRecord(value)) return null;
  const phase = phaseOf(value['phase']);
  const { ms } = value;
  return phase === null || !isAmount(ms) ? null : { phase, ms };
}

function parseKernel(value: unknown): GpuKernelTime | null {
  if (!isRecord(value)) return null;
  const phase = phaseOf(value['phase']);
  const { name, runCount, ms } = value;
  if (phase === null || typeof name !== 'string' || !isAmount(runCount) || !isAmount(ms)) return null;
  return { phase, name: name.slice(0, mostNameLength), runCount, ms };
}

/** Null where it is no list, is longer, or has an item that is none. */
function listOf<T>(value: unknown, mostItems: number, parse: (item: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value) || value.length > mostItems) return null;
  const items = (value as readonly unknown[]).map(parse);
  return items.every((item) => item !== null) ? items : null;
}

function phaseOf(value: unknown): GpuPhase | null {
  return gpuPhases.find((phase) => phase === value) ?? null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
