// Every op case under its topic, for checks that run all of them.

import { convolutionCases, depthwiseCases, fusedConvolutionCases } from './convolution.ts';
import { denseCases, fusedDenseCases } from './dense.ts';
import { elementwiseCases } from './elementwise.ts';
import { movingCases } from './moving.ts';
import type { OpCase } from './op-case.ts';
import { reductionCases } from './reduction.ts';
import { spatialCases } from './spatial.ts';
import { transformerCases } from './transformer.ts';

/** An op case that knows its topic. */
export interface TopicalOpCase extends OpCase {
  /** With its topic: no other case is called so. */
  readonly title: string;
}

const topics: Readonly<Record<string, readonly OpCase[]>> = {
  dense: denseCases,
  'fused dense': fusedDenseCases,
  convolution: convolutionCases,
  'fused convolution': fusedConvolutionCases,
  depthwise: depthwiseCases,
  elementwise: elementwiseCases,
  moving: movingCases,
  reduction: reductionCases,
  spatial: spatialCases,
  transformer: transformerCases,
};

/** All of them. */
export const allOpCases: readonly TopicalOpCase[] = Object.entries(topics).flatMap(([topic, cases]) =>
  cases.map((opCase) => ({ ...opCase, title: `${topic}: ${opCase.name}` })),
);
