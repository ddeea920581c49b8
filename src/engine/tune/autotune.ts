// The autotuner: times the implementations of each kernel, tfjs's own among them, on this device, for one product (or image) per class of
// shapes, and proposes the quickest. It is run once per page, by one replica, while nobody needs it; never per rank, because ranks that
// chose differently would not stay equal to the last bit.
//
// A class is timed in rounds, each implementation once a round, so that whatever else the machine does meets all of them alike; medians are
// compared. The default stays unless another one is clearly quicker. What is not done when the time is up, or when somebody needs
// the worker, keeps its default.

import type { VariantTable } from '../../core/kernel-variants.ts';
import { median } from '../../core/stats.ts';
import { setVariantTable } from './variant-table.ts';

/** One class of shapes of one kernel. */
export interface TuneCase {
  readonly kernel: string;
  readonly shapeClass: string;
  /** The implementations, the default first. */
  readonly names: readonly string[];
  /** Makes the operands; `run` records the op once, through tfjs, and leaves nothing behind. */
  prepare(): { readonly run: () => void; readonly dispose: () => void };
}

/** What the tuner asks of the world around it. */
export interface TuneOptions {
  /** Submits what is recorded and resolves when the device has done it. */
  readonly sync: () => Promise<void>;
  readonly budgetMs: number;
  /** Asked between timings: somebody needs the worker. */
  readonly isOver: () => boolean;
  /** Milliseconds. */
  readonly now: () => number;
}

const rounds = 5;
/** A timing takes at least about so long, so that a coarse clock and one submit do not decide. */
const timingMs = 4;
const mostRuns = 64;
/** Another implementation has to need less than this of the default's time. */
const clearlyQuicker = 0.9;

/** Milliseconds that tuning takes at most, but for the compilation it is in when the time is up. */
export const tuningBudgetMs = 2000;

/** The classes, in their order, for which another implementation than the default is clearly the quickest. Leaves the table of this worker empty. */
export async function autotune(cases: readonly TuneCase[], options: TuneOptions): Promise<VariantTable> {
  const endsAt = options.now() + options.budgetMs;
  const isOver = (): boolean => options.isOver() || options.now() >= endsAt;
  const table: Record<string, string> = {};
  try {
    for (const one of cases) {
      const name = await quickest(one, options, isOver);
      if (name === null) break;
      if (name !== one.names[0]) table[keyOf(one)] = name;
    }
  } finally {
    setVariantTable({});
  }
  return table;
}

/** The implementation to take; null where the time was up before that was known. */
async function quickest(one: TuneCase, options: TuneOptions, isOver: () => boolean): Promise<string | null> {
  const { run, dispose } = one.prepare();
  const time = async (name: string, runCount: number): Promise<number> => {
    setVariantTable({ [keyOf(one)]: name });
    const from = options.now();
    for (let index = 0; index < runCount; index++) run();
    await options.sync();
    return (options.now() - from) / runCount;
  };
  try {
    const runCounts = new Map<string, number>();
    for (const name of one.names) {
      await time(name, 1); // compiles
      const once = Math.max(await time(name, 1), 1e-3);
      runCounts.set(name, Math.max(1, Math.min(mostRuns, Math.ceil(timingMs / once))));
      if (isOver()) return null;
    }
    const times = new Map<string, number[]>(one.names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, values] of times) {
        values.push(await time(name, runCounts.get(name) ?? 1));
        if (isOver()) return null;
      }
    }
    return choose([...times].map(([name, values]) => ({ name, ms: median(values) })));
  } finally {
    dispose();
  }
}

/** The first, unless another one is clearly quicker: then the quickest. */
function choose(timed: readonly { readonly name: string; readonly ms: number }[]): string | null {
  const [standard] = timed;
  const [best] = timed.toSorted((a, b) => a.ms - b.ms);
  if (standard === undefined || best === undefined) return null;
  return best.ms < standard.ms * clearlyQuicker ? best.name : standard.name;
}

function keyOf({ kernel, shapeClass }: TuneCase): string {
  return `${kernel}/${shapeClass}`;
}
