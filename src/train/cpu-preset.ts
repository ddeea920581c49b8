// A smaller preset of an experiment, for machines where training runs on the CPU: fewer steps, smaller batches. The program declares it
// (`onCpu`), the console and the page say that it applies, the manifest holds the numbers that were really used, and a flag such as
// `--steps` still wins.

import { PlaygroundError } from '../core/errors.ts';
import type { BackendName } from '../core/device-report.ts';
import { isRecord } from '../core/is-record.ts';
import type { Lane } from './lane.ts';
import { checkBatchDivides, checkCount } from './run-limits.ts';

/** What a preset may make smaller; what is absent stays as it is. */
export interface CpuPreset {
  readonly steps?: number;
  readonly globalBatch?: number;
  readonly evalEvery?: number;
}

const fieldNames = ['steps', 'globalBatch', 'evalEvery'] as const;

/** Checks `onCpu`; null where absent. Throws `config-invalid`, naming the field. */
export function parseCpuPreset(value: unknown, lanes: readonly Lane[]): CpuPreset | null {
  if (value === undefined) return null;
  const unknownField = isRecord(value) ? Object.keys(value).find((key) => !(fieldNames as readonly string[]).includes(key)) : '';
  if (!isRecord(value) || unknownField !== undefined) {
    throw new PlaygroundError(
      'config-invalid',
      `onCpu: expected an object with ${fieldNames.join(', ')}, got ${JSON.stringify(value) ?? typeof value}.`,
      { place: 'onCpu' },
    );
  }
  const given = fieldNames.filter((name) => value[name] !== undefined);
  const preset: CpuPreset = Object.fromEntries(given.map((name) => [name, checkCount(value[name], `onCpu.${name}`)]));
  if (preset.globalBatch !== undefined) checkBatchDivides(preset.globalBatch, lanes);
  return preset;
}

/** The experiment as it is run on a backend: with its preset on the CPU, as declared elsewhere. */
export function presetFor<E extends { readonly onCpu: CpuPreset | null }>(experiment: E, backend: BackendName): E {
  return backend === 'cpu' && experiment.onCpu !== null ? { ...experiment, ...experiment.onCpu } : experiment;
}

/** A sentence for the console. */
export function presetNote({ onCpu }: { readonly onCpu: CpuPreset | null }): string {
  const numbers = Object.entries(onCpu ?? {}).map(([name, value]) => `${name} ${value}`);
  return `Training runs on the CPU, so the program's smaller preset applies: ${numbers.join(', ')}.`;
}
