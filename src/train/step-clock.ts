// Measures steps that overlap. The program queues GPU work and goes on; a step ends when the queue has drained behind it. Its
// time runs from the end of the step before it, or from its own start where that is later (after an evaluation or a turn of
// another lane), so the times add up to the time spent training and to nothing else.

/** One step runs on the GPU while the next is recorded; a third waits. */
const mostStepsInFlight = 2;

export interface PendingStep {
  readonly startedAt: number;
}

/** Times one rank's steps, in order. */
export class StepClock {
  private readonly drained: () => Promise<void>;
  private lastEndedAt = Number.NEGATIVE_INFINITY;
  private readonly inFlight: Promise<void>[] = [];

  /** `drained()` resolves when everything queued so far has run on the GPU. */
  constructor(drained: () => Promise<void>) {
    this.drained = drained;
  }

  start(): PendingStep {
    return { startedAt: performance.now() };
  }

  /** Call when the step's work is queued. `onEnd` gets its milliseconds once that work has run; ends come in order. */
  async queued(step: PendingStep, onEnd: (stepMs: number) => Promise<void> | void): Promise<void> {
    const previous = this.inFlight.at(-1) ?? Promise.resolve();
    const ended = this.drained().then(async () => {
      const endedAt = performance.now();
      await previous;
      const stepMs = endedAt - Math.max(step.startedAt, this.lastEndedAt);
      this.lastEndedAt = endedAt;
      await onEnd(Math.max(0, stepMs));
    });
    ended.catch(() => undefined); // it is awaited below, or in settle: until then it must not count as unhandled
    this.inFlight.push(ended);
    if (this.inFlight.length >= mostStepsInFlight) await this.inFlight.shift();
  }

  /** Resolves when no step is in flight; rejects with the first failure among them. */
  async settle(): Promise<void> {
    while (this.inFlight.length > 0) await this.inFlight.shift();
  }
}
