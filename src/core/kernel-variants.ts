// The implementations of GPU kernels, by name, and a table that says which one runs for which class of shapes. Plain data in core, because
// the engine chooses by it, the autotuner inside the sandbox proposes it, and the page keeps it, hands it to every rank and writes it
// into the manifest. What is not named here cannot be chosen, whoever proposes it.

import { isRecord } from './is-record.ts';

/** Columns by elements that an invocation computes (engine/kernels/conv2d-tile.ts). */
const convolutionTiles = ['2x1', '4x1', '4x2', '7x1', '7x2'] as const;

/** By kernel; `stock` is tfjs's own. */
export const kernelVariants = {
  matMul: ['tall', 'wide', 'square', 'stock'],
  conv2d: [...convolutionTiles, 'stock'],
  conv2dInputGradient: [...convolutionTiles, 'stock'],
  conv2dFilterGradient: ['chunks', 'stock'],
  depthwiseInputGradient: ['direct', 'stock'],
  depthwiseFilterGradient: ['direct', 'stock'],
  maxPool: ['vec4', 'stock'],
  avgPool: ['vec4', 'stock'],
  maxPoolGradient: ['vec4', 'stock'],
  avgPoolGradient: ['vec4', 'stock'],
  relu: ['vec4', 'stock'],
  reluGradient: ['vec4', 'stock'],
  binary: ['vec4', 'stock'],
  sumRows: ['chunks', 'stock'],
  sumShortRows: ['rows', 'stock'],
  softmax: ['rows', 'stock'],
  f16Vectors: ['words', 'f16'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Names of implementations by `kernel/class of shapes`. Where it says nothing the kernel's own default runs. */
export type VariantTable = Readonly<Record<string, string>>;

/** More classes than all kernels together have. */
const mostEntries = 256;

/** A table with the entries of `value` that name a known implementation of a known kernel; anything else is left out. Never throws. */
export function parseVariantTable(value: unknown): VariantTable {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).slice(0, mostEntries).filter(isKnown);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether two tables say the same. */
export function isSameTable(a: VariantTable, b: VariantTable): boolean {
  return JSON.stringify(parseVariantTable(a)) === JSON.stringify(parseVariantTable(b));
}

function isKnown(entry: readonly [string, unknown]): entry is [string, string] {
  const [key, name] = entry;
  const [, kernel = ''] = /^(\w+)\/[a-z0-9-]{1,40}$/u.exec(key) ?? [];
  return Object.hasOwn(kernelVariants, kernel) && kernelVariants[kernel as keyof typeof kernelVariants].some((known) => known === name); // a key, as was asked
}
