// The SPMD form of a program, torchrun's: the same function runs on every rank, with its own loop.

import { PlaygroundError } from '../core/errors.ts';
import { parseSeed } from '../core/prng.ts';
import type { ProgramContext } from './context.ts';
import { parseLanes } from './lane.ts';
import type { Lane, LaneSpec } from './lane.ts';
import type { MetricTarget } from './program-module.ts';
import { checkElastic } from './run-limits.ts';

export interface ProgramSpec {
  readonly title?: string;
  /** A whole number from 0; 0 where absent. */
  readonly seed?: number;
  /** Shown as progress; the function itself decides when it ends. */
  readonly steps?: number;
  readonly target?: MetricTarget;
  readonly lanes: readonly (LaneSpec | string)[];
}

export type ProgramFunction = (context: ProgramContext) => void | Promise<void>;

/** A checked program. */
export interface Program {
  readonly kind: 'program';
  readonly title: string;
  readonly seed: number;
  readonly steps: number | null;
  readonly target: MetricTarget | null;
  readonly lanes: readonly Lane[];
  readonly main: ProgramFunction;
}

/** Declares an SPMD program; the default export of a program. Throws `config-invalid`. */
export function program(spec: ProgramSpec, main: ProgramFunction): Program {
  if (typeof spec !== 'object' || spec === null || typeof main !== 'function') {
    throw new PlaygroundError('config-invalid', 'program: expected program({ lanes: […] }, async (ctx) => { … }). Give it both.', {
      place: 'program',
    });
  }
  if (spec.steps !== undefined && (!Number.isSafeInteger(spec.steps) || spec.steps < 1)) {
    throw new PlaygroundError('config-invalid', `steps: expected a whole number from 1, got ${String(spec.steps)}.`, { place: 'steps' });
  }
  const lanes = parseLanes(spec.lanes);
  checkElastic('program', lanes);
  return {
    kind: 'program',
    title: spec.title ?? 'Program',
    seed: parseSeed(spec.seed ?? 0),
    steps: spec.steps ?? null,
    target: spec.target ?? null,
    lanes,
    main,
  };
}
