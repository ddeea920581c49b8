// Collects what a rank has to say and posts it at most sixty times a second, and once more at the end of each slice. Steps are
// gathered into columns. Console lines beyond a thousand in one batch are dropped with a notice: a program that floods the console
// must not drown the page.

import type { StepSpans } from './step-spans.ts';
import type { ConsoleLine, PhaseView, ReplicaEvent, ShownView, StepBatch, WeightInfo } from './telemetry.ts';

/** One finished step. */
export interface StepRecord {
  readonly step: number;
  /** Null where the step logged none. */
  readonly loss: number | null;
  readonly stepMs: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const messageIntervalMs = 1000 / 60;
const mostConsoleLinesPerMessage = 1000;
/** Spans alone need no hurry: nobody reads a timeline sixty times a second. */
const spansIntervalMs = 250;

/** Batches events on their way to the page. */
export class EventStream {
  private readonly post: (events: readonly ReplicaEvent[]) => void;
  private steps: StepRecord[] = [];
  private others: ReplicaEvent[] = [];
  private consoleLineCount = 0;
  private lastPost = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private spansTimer: ReturnType<typeof setTimeout> | null = null;
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

  console(line: ConsoleLine): void {
    this.consoleLineCount++;
    if (this.consoleLineCount > mostConsoleLinesPerMessage) return;
    this.others.push({ type: 'console', line });
    this.schedule();
  }

  show(view: ShownView): void {
    this.others.push({ type: 'show', view });
    this.schedule();
  }

  weights(weights: readonly WeightInfo[]): void {
    this.others.push({ type: 'weights', weights });
    this.schedule();
  }

  /** Posted at once: somebody is following phase by phase. */
  inside(view: PhaseView): void {
    this.others.push({ type: 'inside', view });
    this.flush();
  }

  /** Posts what is there now. Steps go first, so that an evaluation never precedes its step. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.spansTimer !== null) clearTimeout(this.spansTimer);
    this.timer = null;
    this.spansTimer = null;
    const spans = this.spans?.take() ?? null;
    if (spans !== null) this.others.push({ type: 'spans', batch: spans });
    const dropped = this.consoleLineCount - mostConsoleLinesPerMessage;
    if (dropped > 0) {
      const text = `${dropped} more console lines in this instant were dropped; log less often to see them all.`;
      this.others.push({ type: 'console', line: { level: 'warn', rank: 0, text } });
    }
    const events: ReplicaEvent[] = this.steps.length > 0 ? [{ type: 'steps', batch: toColumns(this.steps) }, ...this.others] : this.others;
    this.steps = [];
    this.others = [];
    this.consoleLineCount = 0;
    if (events.length === 0) return;
    this.lastPost = performance.now();
    this.post(events);
  }

  private schedule(): void {
    if (this.timer !== null) return;
    const wait = this.lastPost + messageIntervalMs - performance.now();
    if (wait <= 0) this.timer = setTimeout(() => this.flush(), 0);
    else this.timer = setTimeout(() => this.flush(), wait);
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
