// A compiled program on its way into a replica. The text is cut at its import specifiers, so that the replica can put the
// addresses of its own modules there without parsing anything.

import type { LocalText } from './card.ts';
import type { Lane } from './lane.ts';

/** The modules a program may import. */
export const offeredModules = ['@tensorflow/tfjs', 'lockstep', 'lockstep/lab'] as const;
export type OfferedModule = (typeof offeredModules)[number];

/** `parts[0] + imports[0] + parts[1] + …`; there is one part more than there are imports. */
export interface ProgramModule {
  readonly parts: readonly string[];
  readonly imports: readonly OfferedModule[];
}

/** The name under which the program's own lines appear in stack traces. */
export const programFileInStacks = 'lockstep-program.js';

/** What a program says about itself when it is imported. Plain data. */
export interface Declaration {
  readonly kind: 'experiment' | 'program';
  readonly title: string;
  readonly seed: number;
  /** Null for a `program`, whose loop is its own. */
  readonly steps: number | null;
  readonly globalBatch: number | null;
  readonly target: MetricTarget | null;
  readonly lanes: readonly Lane[];
  /** Present where the program's smaller preset for the CPU applies; `steps` and `globalBatch` are then its. */
  readonly preset?: 'cpu';
  /** What it claims about its runs; `judge` says whether that holds. */
  readonly claims: readonly LocalText[];
}

/** "How soon does `testAccuracy` reach 0.95?" */
export interface MetricTarget {
  readonly metric: string;
  readonly value: number;
}
