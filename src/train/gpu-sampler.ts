// Chooses the steps whose kernels are timed. Timing a step costs it some of its speed (every kernel gets a pass of its own), so that of all
// steps only a few are: four once the lane has settled, because a device that is interrupted makes one step say little, more where the
// browser rounds its time stamps, and as many as somebody asks for. Which values a step computes does not depend on it.

import type { GpuTimes } from '../core/gpu-times.ts';
import type { GpuTiming } from '../engine/timing/gpu-timing.ts';
import { GpuTally } from './gpu-tally.ts';

/** By then a step is replayed where it can be: one is eager, two are recorded, and loss scaling may have skipped some. */
const firstTimedStep = 8;
/** Steps from one that is timed to the next. */
const stride = 4;
/** Steps that are timed unasked. */
const unaskedStepCount = 4;
/** Stamps coarser than this are rounded by the browser. */
const finestRoundedMs = 0.001;
/** The same where stamps are rounded. */
const roundedStepCount = 16;

/** One rank's. */
export class GpuSampler {
  private readonly timing: GpuTiming;
  private readonly tell: (times: GpuTimes) => void;
  private readonly tally = new GpuTally();
  private wantedCount = unaskedStepCount;
  private nextStep = firstTimedStep;
  private step: number | null = null;
  private reading: Promise<void> = Promise.resolve();

  /** `tell` hears the means after every timed step. */
  constructor(timing: GpuTiming, tell: (times: GpuTimes) => void) {
    this.timing = timing;
    this.tell = tell;
  }

  /** So many more of the next steps are timed. */
  ask(stepCount: number): void {
    this.wantedCount = Math.max(this.wantedCount, stepCount);
  }

  /** A step begins. */
  begin(step: number): void {
    if (this.wantedCount === 0 || step < this.nextStep) return;
    this.wantedCount--;
    this.nextStep = step + stride;
    this.step = step;
    this.timing.begin();
  }

  /** Its work is queued. Nobody waits for its times. */
  end(): void {
    const { step } = this;
    if (step === null) return;
    this.step = null;
    const reading = this.read(step);
    this.reading = this.reading.then(() => reading);
  }

  /** Resolves when every step that was timed has been told. */
  async settle(): Promise<void> {
    await this.reading;
  }

  private async read(step: number): Promise<void> {
    let timed;
    try {
      timed = await this.timing.end();
    } catch {
      return; // the device is lost, and every step says so
    }
    if (timed === null || timed.commands.length === 0) return;
    if (this.tally.isEmpty && timed.resolutionMs > finestRoundedMs) this.ask(roundedStepCount - 1);
    this.tally.add(step, timed);
    const times = this.tally.times();
    if (times !== null) this.tell(times);
  }
}
