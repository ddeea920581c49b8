// Collects what a rank has to say and posts it at most sixty times a second, and once more at the end of each slice. Steps are gathered into
// columns. A program that floods the console or shows large views over and over must not drown the page: lines beyond a thousand a second
// are dropped and counted, before they cost anything; of a view only the last state is sent, large ones less often.

import type { GpuTimes } from '../core/gpu-times.ts';
import { FloodGate } from './flood-gate.ts';
import type { NumberLines, Overflow } from './number-lines.ts';
import type { StepSpans } from './step-spans.ts';
import type { ConsoleLevel, ConsoleLine, PhaseView, ReplicaEvent, ShownView, StepBatch, WeightInfo } from './telemetry.ts';
import { WaitingViews } from './waiting-views.ts';

/** One finished step. */
export interface StepRecord {
  readonly step: number;
  /** Null where the step logged none. */
  readonly loss: number | null;
  readonly stepMs: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const messageIntervalMs = 1000 / 60;
/** Console lines that reach the page in a second, and so many at once. */
const linesPerSecond = 1000;
/** Of these, lines that are kept for warnings and errors. */
const reservedLines = 200;
/** A longer line counts as several of this many characters. */
const charactersPerLine = 200;
/** Spans alone need no hurry: nobody reads a timeline sixty times a second. */
const spansIntervalMs = 250;

/** Batches events on their way to the page. */
export class EventStream {
  private readonly post: (events: readonly ReplicaEvent[]) => void;
  private steps: StepRecord[] = [];
  private others: ReplicaEvent[] = [];
  private readonly lines = new FloodGate(linesPerSecond, linesPerSecond);
  private readonly views = new WaitingViews();
  private waitingLineCount = 0;
  private droppedLineCount = 0;
  private lastPost = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private spansTimer: ReturnType<typeof setTimeout> | null = null;
  /** Until a view that waits may leave. */
  private viewsTimer: ReturnType<typeof setTimeout> | null = null;
  /** What this rank's steps are recorded with, once there is something to record. */
  spans: StepSpans | null = null;

  constructor(post: (events: readonly ReplicaEvent[]) => void) {
    this.post = post;
  }

  step(record: StepRecord): void {
    this.steps.push(record);
    this.schedule();
  }

  /** There are spans to post: with whatever is posted next, or by themselves after a while. */
  spansWaiting(): void {
    this.spansTimer ??= setTimeout(() => this.flush(), spansIntervalMs);
  }

  evaluation(step: number, values: Readonly<Record<string, number>>): void {
    this.others.push({ type: 'eval', point: { step, values } });
    this.schedule();
  }

  /** Whether a line of this level would be sent now; counted as dropped where not. Asked before a line is rendered, which costs more. */
  hasRoomFor(level: ConsoleLevel): boolean {
    const reserve = level === 'error' || level === 'warn' ? 0 : reservedLines;
    // In a loop that never yields nothing is sent either, and what waits must not grow.
    if (this.waitingLineCount < linesPerSecond && this.lines.admits(1, reserve)) return true;
    this.droppedLineCount++;
    this.schedule();
    return false;
  }

  /** Sends a line that `hasRoomFor` has let pass. */
  console(line: ConsoleLine): void {
    this.waitingLineCount++;
    this.lines.admits(Math.min(linesPerSecond, line.text.length / charactersPerLine)); // a long one leaves less room for the next
    this.others.push({ type: 'console', line });
    this.schedule();
  }

  show(view: ShownView): void {
    this.views.add(view);
    this.schedule();
  }

  weights(weights: readonly WeightInfo[]): void {
    this.others.push({ type: 'weights', weights });
    this.schedule();
  }

  gpuTimes(times: GpuTimes): void {
    this.others.push({ type: 'gpu-times', times });
    this.schedule();
  }

  numberLines(lines: NumberLines): void {
    this.others.push({ type: 'number-lines', lines });
    this.schedule();
  }

  overflow(overflow: Overflow): void {
    this.others.push({ type: 'overflow', overflow });
    this.schedule();
  }

  /** Posted at once: somebody is following phase by phase. */
  inside(view: PhaseView): void {
    this.others.push({ type: 'inside', view });
    this.flush();
  }

  /** Posts what is there now. Steps go first, so that an evaluation never precedes its step. `isLast`: views that wait for their turn, too. */
  flush(isLast = false): void {
    for (const timer of [this.timer, this.spansTimer, this.viewsTimer]) if (timer !== null) clearTimeout(timer);
    this.timer = null;
    this.spansTimer = null;
    this.viewsTimer = null;
    const spans = this.spans?.take() ?? null;
    if (spans !== null) this.others.push({ type: 'spans', batch: spans });
    for (const view of this.views.take(isLast)) this.others.push({ type: 'show', view });
    const lineCount = this.droppedLineCount;
    const viewCount = this.views.takeDropped();
    if (lineCount + viewCount > 0) this.others.push({ type: 'dropped', lineCount, viewCount });
    const events: ReplicaEvent[] = this.steps.length > 0 ? [{ type: 'steps', batch: toColumns(this.steps) }, ...this.others] : this.others;
    this.steps = [];
    this.others = [];
    this.waitingLineCount = 0;
    this.droppedLineCount = 0;
    const viewsMs = this.views.waitMs();
    if (viewsMs !== null) this.viewsTimer = setTimeout(() => this.flush(), Math.max(messageIntervalMs, viewsMs));
    if (events.length === 0) return;
    this.lastPost = performance.now();
    this.post(events);
  }

  private schedule(): void {
    const waitMs = Math.max(0, this.lastPost + messageIntervalMs - performance.now());
    this.timer ??= setTimeout(() => this.flush(), waitMs);
  }
}

/** Rows to columns; a metric that some step did not log is null there. */
export function toColumns(records: readonly StepRecord[]): StepBatch {
  const names = new Set(records.flatMap((record) => Object.keys(record.metrics)));
  return {
    step: records.map((record) => record.step),
    loss: records.map((record) => record.loss),
    stepMs: records.map((record) => record.stepMs),
    metrics: Object.fromEntries([...names].map((name) => [name, records.map((record) => record.metrics[name] ?? null)])),
  };
}
