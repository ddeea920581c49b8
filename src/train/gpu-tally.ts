// Adds up timed steps: means per phase and per kernel. A browser that rounds the device's stamps gives most kernels 0 and some a whole
// unit; rounding both ends of a kernel down errs as often up as down, so that the mean over many steps is right where one step is not.

import { gpuPhases, mostToldKernels } from '../core/gpu-times.ts';
import type { GpuPhase, GpuTimes } from '../core/gpu-times.ts';

/** What the device did in one step, in order. */
export interface TimedStep {
  readonly commands: readonly TimedStepCommand[];
  readonly spanMs: number;
  readonly resolutionMs: number;
  readonly untimedCount: number;
}

interface TimedStepCommand {
  readonly note: { readonly phase: GpuPhase; readonly name: string; readonly isCopy: boolean };
  readonly ms: number;
}

/** The timed steps of one rank. */
export class GpuTally {
  private stepCount = 0;
  private lastStep = 0;
  private spanMs = 0;
  private resolutionMs = 0;
  private untimedCount = 0;
  /** The kernels of a step, in order. */
  private dispatches: readonly string[] = [];
  /** Of all steps together. */
  private readonly kernels = new Map<string, { readonly phase: GpuPhase; readonly name: string; count: number; ms: number }>();

  get isEmpty(): boolean {
    return this.stepCount === 0;
  }

  /** A step that ran other kernels than those before it begins anew: the mean of an eager and a replayed step says nothing of either. */
  add(step: number, { commands, spanMs, resolutionMs, untimedCount }: TimedStep): void {
    const dispatches = commands.flatMap(({ note }) => (note.isCopy ? [] : [keyOf(note)]));
    const isSame = dispatches.length === this.dispatches.length && dispatches.every((key, index) => key === this.dispatches[index]);
    if (!isSame) {
      this.stepCount = 0;
      this.spanMs = 0;
      this.kernels.clear();
    }
    this.stepCount++;
    this.lastStep = step;
    this.spanMs += spanMs;
    this.dispatches = dispatches;
    this.resolutionMs = resolutionMs;
    this.untimedCount = untimedCount;
    for (const { note, ms } of commands) {
      const key = keyOf(note);
      const sum = this.kernels.get(key) ?? { phase: note.phase, name: note.name, count: 0, ms: 0 };
      this.kernels.set(key, sum);
      sum.count++;
      sum.ms += ms;
    }
  }

  /** The means; null before the first step. */
  times(): GpuTimes | null {
    const { stepCount, lastStep, resolutionMs, untimedCount } = this;
    if (stepCount === 0) return null;
    const kernels = [...this.kernels.values()].map(({ phase, name, count, ms }) => {
      return { phase, name, runCount: count / stepCount, ms: ms / stepCount };
    });
    const phases = gpuPhases.flatMap((phase) => {
      const own = kernels.filter((kernel) => kernel.phase === phase);
      return own.length === 0 ? [] : [{ phase, ms: own.reduce((sum, { ms }) => sum + ms, 0) }];
    });
    return {
      origin: 'measured',
      stepCount,
      lastStep,
      resolutionMs,
      spanMs: this.spanMs / stepCount,
      dispatchCount: this.dispatches.length,
      untimedCount,
      phases,
      kernels: kernels.toSorted((a, b) => b.ms - a.ms || b.runCount - a.runCount).slice(0, mostToldKernels),
    };
  }
}

function keyOf({ phase, name }: TimedStepCommand['note']): string {
  return `${phase} ${name}`;
}
