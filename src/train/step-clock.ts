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
  private readonly inFlight: Promise<number>[] = [];
  /** Steps are told in their order, each once its values have arrived. */
  private told: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;

  /** `drained()` resolves when everything queued so far has run on the GPU. */
  constructor(drained: () => Promise<void>) {
    this.drained = drained;
  }

  start(): PendingStep {
    return { startedAt: performance.now() };
  }

  /**
   * Call when the step's work is queued. `onEnd` gets its milliseconds once that work has run; ends come in order, and nothing waits for
   * `onEnd`. Throws what an earlier one threw.
   */
  async queued(step: PendingStep, onEnd: (stepMs: number) => Promise<void> | void): Promise<void> {
    this.throwFailure();
    const ended = this.drained().then(() => performance.now());
    this.told = this.tell(this.told, ended, step, onEnd);
    this.told.catch((error: unknown) => {
      this.failure ??= { error };
    });
    this.inFlight.push(ended);
    if (this.inFlight.length >= mostStepsInFlight) await this.inFlight.shift();
  }

  /** Resolves when no step is in flight and every one was told; rejects with the first failure among them. */
  async settle(): Promise<void> {
    this.inFlight.length = 0;
    await this.told;
  }

  private async tell(
    before: Promise<void>,
    ended: Promise<number>,
    { startedAt }: PendingStep,
    onEnd: (stepMs: number) => Promise<void> | void,
  ): Promise<void> {
    ended.catch(() => undefined); // it is awaited below, after those before it
    await before;
    const endedAt = await ended;
    const stepMs = endedAt - Math.max(startedAt, this.lastEndedAt);
    this.lastEndedAt = endedAt;
    await onEnd(Math.max(0, stepMs));
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
