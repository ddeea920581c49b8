// Records what a rank does when. It runs in the hot path of every step, so finished spans go into columns that were allocated once, an open
// one is a slot number, and the clock is read twice per span. The columns are emptied with the event stream's messages; between two of
// them there is room for a few hundred steps, and what does not fit is counted.
//
// Work of one kind is done one after the other on a rank: the process group runs one collective at a time, the queue one copy. So a span
// that was begun while the one before of its phase was under way is taken to begin where that one ended: queuing is not working.

import { noBucket, spanPhases, type SpanBatch, type SpanPhase } from './span-phases.ts';

/** An open span. */
export type OpenSpan = number;

const capacity = 8192;
const mostOpen = 64;
const notRecorded: OpenSpan = -1;
const indexOf = Object.fromEntries(spanPhases.map((phase, index) => [phase, index])) as Readonly<Record<SpanPhase, number>>; // one each

/** One rank's recorder. Outside of a step nothing is recorded. */
export class StepSpans {
  private readonly rank: number;
  private readonly now: () => number;
  private readonly steps = new Int32Array(capacity);
  private readonly phases = new Uint8Array(capacity);
  private readonly buckets = new Int32Array(capacity);
  private readonly startMs = new Float64Array(capacity);
  private readonly endMs = new Float64Array(capacity);
  private length = 0;
  private droppedCount = 0;
  private readonly openStep = new Int32Array(mostOpen);
  private readonly openPhase = new Uint8Array(mostOpen);
  private readonly openBucket = new Int32Array(mostOpen);
  private readonly openStartMs = new Float64Array(mostOpen);
  private readonly freeSlots = Array.from({ length: mostOpen }, (_, slot) => slot);
  /** When the last span of each phase ended. */
  private readonly lastEndMs = new Float64Array(spanPhases.length).fill(Number.NEGATIVE_INFINITY);
  /** 0 between steps. */
  private step = 0;
  private stepSpan: OpenSpan = notRecorded;
  /** The pass under way, and the device's share of it once it is recorded. */
  private computing: OpenSpan = notRecorded;
  private waiting: OpenSpan = notRecorded;
  /** Passes that are over. */
  private passCount = 0;

  /** `now` gives milliseconds that never go back; `performance.now()` where absent. */
  constructor(rank: number, now: () => number = () => performance.now()) {
    this.rank = rank;
    this.now = now;
  }

  /** Everything recorded from here to `endStep` belongs to this step. A step that was left by an error ends here. */
  beginStep(step: number): void {
    if (this.step !== 0) this.endStep();
    this.step = step;
    this.stepSpan = this.begin('step');
  }

  endStep(): void {
    this.computed();
    this.end(this.stepSpan);
    this.step = 0;
  }

  begin(phase: SpanPhase, bucket: number = noBucket): OpenSpan {
    if (this.step === 0) return notRecorded;
    const slot = this.freeSlots.pop();
    if (slot === undefined) {
      this.droppedCount++;
      return notRecorded;
    }
    this.openStep[slot] = this.step;
    this.openPhase[slot] = indexOf[phase];
    this.openBucket[slot] = bucket;
    this.openStartMs[slot] = this.now();
    return slot;
  }

  /** Each open span is ended once. */
  end(slot: OpenSpan): void {
    if (slot === notRecorded) return;
    this.freeSlots.push(slot);
    this.push(
      this.openStep[slot] ?? 0,
      this.openPhase[slot] ?? 0,
      this.openBucket[slot] ?? noBucket,
      this.openStartMs[slot] ?? 0,
      this.now(),
    );
  }

  /** Runs a forward and backward pass. Its span stays open until `computed` or `computedWhen` says that it is over, or the next begins. */
  compute<Result>(run: () => Result): Result {
    this.computed();
    this.computing = this.begin('forward-backward');
    return run();
  }

  /** The pass is over: the device has done it, or it is recorded and nobody waits for the device. */
  computed(): void {
    this.end(this.waiting);
    this.end(this.computing);
    this.waiting = notRecorded;
    this.computing = notRecorded;
    this.passCount++;
  }

  /** The pass is recorded, and over when the device has done what is queued; the time until then is also recorded as `device`. */
  computedWhen(done: Promise<unknown>): void {
    if (this.computing === notRecorded) return;
    this.waiting = this.begin('device');
    const { passCount } = this;
    const end = (): void => {
      if (this.passCount === passCount) this.computed(); // unless a read has told so before
    };
    done.then(end, end); // whoever reads from the device afterwards gets its error
  }

  /** Records a function, and where it returns a promise, the time until that settles. */
  measure<Result>(phase: SpanPhase, run: () => Result, bucket: number = noBucket): Result {
    const slot = this.begin(phase, bucket);
    let result: Result;
    try {
      result = run();
    } catch (error) {
      this.end(slot);
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.end(slot);
      return result;
    }
    return result.finally(() => this.end(slot)) as Result; // a promise of the same
  }

  /** Like `measure`, for a read that has to wait for the pass: begins where that ended. What has been read has been computed. */
  async readBack<Values>(read: () => Promise<Values>, bucket: number = noBucket): Promise<Values> {
    const slot = this.begin('read-back', bucket);
    try {
      return await read();
    } finally {
      this.computed();
      if (slot !== notRecorded) {
        const computedMs = this.lastEndMs[indexOf['forward-backward']] ?? 0;
        this.openStartMs[slot] = Math.max(this.openStartMs[slot] ?? 0, computedMs);
        this.end(slot);
      }
    }
  }

  /** Like `readBack`, where the pass goes on: begins where the device has done the part that is read. */
  async readPart<Values>(read: () => Promise<Values>, partDone: Promise<unknown>, bucket: number): Promise<Values> {
    let doneMs: number | null = null;
    const noteDone = (): void => {
      doneMs = this.now();
    };
    partDone.then(noteDone, noteDone); // whoever reads hears of an error
    const values = await read();
    const endMs = this.now();
    this.add('read-back', doneMs ?? endMs, endMs, bucket);
    return values;
  }

  /** Adds a finished span, by the clock of `now`. */
  add(phase: SpanPhase, startMs: number, endMs: number, bucket: number = noBucket): void {
    if (this.step !== 0) this.push(this.step, indexOf[phase], bucket, startMs, endMs);
  }

  /** What was recorded since the last call, or null where that is nothing. */
  take(): SpanBatch | null {
    const { length, droppedCount } = this;
    if (length === 0 && droppedCount === 0) return null;
    const origin = performance.timeOrigin;
    this.length = 0;
    this.droppedCount = 0;
    return {
      rank: this.rank,
      step: this.steps.slice(0, length),
      phase: this.phases.slice(0, length),
      bucket: this.buckets.slice(0, length),
      startMs: this.startMs.slice(0, length).map((ms) => origin + ms), // today's date leaves a double a quarter of a microsecond
      endMs: this.endMs.slice(0, length).map((ms) => origin + ms),
      droppedCount,
    };
  }

  private push(step: number, phase: number, bucket: number, startMs: number, endMs: number): void {
    // The end of a collective is noticed a moment after the next has begun to wait.
    const queuedUntil =
      phase === indexOf.wait ? Math.max(this.lastEndMs[phase] ?? 0, this.lastEndMs[indexOf.reduce] ?? 0) : this.lastEndMs[phase];
    const from = Math.min(endMs, Math.max(startMs, queuedUntil ?? startMs));
    this.lastEndMs[phase] = endMs;
    if (from === endMs && phase !== indexOf.step) return; // the clock cannot tell it from nothing
    if (this.length === capacity) {
      this.droppedCount++;
      return;
    }
    const at = this.length++;
    this.steps[at] = step;
    this.phases[at] = phase;
    this.buckets[at] = bucket;
    this.startMs[at] = from;
    this.endMs[at] = endMs;
  }
}
