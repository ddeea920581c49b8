// The precision modes by the names that lanes have for them: `1xfp32`, `4xfp16(noMasterWeights)`. A new mode is a file and a line here.

import { bf16 } from './bf16.ts';
import { fp16 } from './fp16.ts';
import { fp16NoMasterWeights } from './fp16-no-master-weights.ts';
import { fp16Pure } from './fp16-pure.ts';
import { fp32 } from './fp32.ts';
import type { PrecisionMode } from './precision-mode.ts';

/** In the order in which the page offers them. */
export const precisionModes = {
  fp32,
  fp16,
  'fp16(noMasterWeights)': fp16NoMasterWeights,
  'fp16-pure': fp16Pure,
  bf16,
} as const satisfies Readonly<Record<string, PrecisionMode>>;

/** How a lane names its mode. */
export type Precision = keyof typeof precisionModes;

export const precisions = Object.keys(precisionModes) as readonly Precision[]; // its own keys, by its type

/** The mode of a name. */
export function precisionMode(precision: Precision): PrecisionMode {
  return precisionModes[precision];
}

/** Whether a text names a mode. */
export function isPrecision(text: unknown): text is Precision {
  return typeof text === 'string' && Object.hasOwn(precisionModes, text);
}
