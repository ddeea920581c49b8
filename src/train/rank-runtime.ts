// One rank while it trains: the context its program sees, the gate its steps pass, the clock that times them, and the log.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import { createOptimizer, optimizerSlots, setLearningRate } from '../engine/optim.ts';
import type { LastingTensors } from '../engine/gpu-bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { tf } from '../engine/tf.ts';
import { createAmp } from './amp.ts';
import type { ProgramContext } from './context.ts';
import { createDist } from './dist.ts';
import type { EventStream } from './event-stream.ts';
import type { Lane } from './lane.ts';
import { createShow } from './show.ts';
import { StepClock } from './step-clock.ts';
import { StepGate } from './step-gate.ts';
import { StepMeter } from './step-meter.ts';
import type { StepSpans } from './step-spans.ts';

/** Values logged for one step: numbers, or promises of what is still on the GPU. */
type LoggedValues = Map<string, number | Promise<number>>;

/** With a dynamic scale a few steps overflow by design; so many in a row do not. */
const mostNonFiniteStepsInARow = 50;

export interface RankRuntimeOptions {
  readonly engine: Engine;
  readonly group: ProcessGroup;
  readonly lane: Lane;
  readonly seed: number;
  readonly events: EventStream;
  readonly spans: StepSpans;
  /** True for a program, whose steps are measured whole. */
  readonly isMeasured: boolean;
  /** True where a non-finite loss skips the step instead of ending the lane. */
  readonly isLossScaled: boolean;
}

/** The life of a rank from its first step to its last. */
export class RankRuntime {
  readonly context: ProgramContext;
  /** Named by the program with `ctx.weights`, or by the experiment. */
  variables: readonly tf.Variable[] = [];
  /** Steps begun. */
  step = 0;
  /** Measures the steps of a program; an experiment measures its own, without its input batch. */
  readonly meter: StepMeter;
  /** Whose slots are counted as memory, and whose learning rate can be changed: those of `ctx.optim`, and the experiment's. */
  readonly optimizers: tf.Optimizer[] = [];
  private readonly options: RankRuntimeOptions;
  private readonly gate = new StepGate();
  private readonly clock: StepClock;
  private readonly abort = new AbortController();
  private logged: LoggedValues | null = null;
  private nonFiniteInARow = 0;
  private leftOutMs = 0;
  private main: Promise<void> | null = null;
  private isDone = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(options: RankRuntimeOptions) {
    this.options = options;
    this.meter = new StepMeter(options.engine);
    this.clock = new StepClock(() => options.engine.sync());
    this.context = this.createContext();
  }

  /** So many milliseconds of the step under way were spent looking at it, not training. */
  leaveOut(ms: number): void {
    this.leftOutMs += ms;
  }

  /** Lets no step begin any more; those under way end, and so does the slice. Returns the steps begun so far. */
  hold(): number {
    return this.gate.hold();
  }

  /** Sets the learning rate of every optimizer it knows. Returns how many those are. */
  setLearningRate(learningRate: number): number {
    for (const optimizer of this.optimizers) setLearningRate(optimizer, learningRate);
    return this.optimizers.length;
  }

  /** Lets `main` run until it has taken so many more steps or has ended. True when it has ended. Throws what it threw. */
  async advance(stepCount: number, main: (context: ProgramContext) => Promise<void>): Promise<boolean> {
    if (this.isDone && this.failure === null) return true;
    const slice = this.gate.open(stepCount);
    this.main ??= this.start(main);
    const lost = this.options.engine.lost.then((error) => {
      throw error;
    });
    await Promise.race([slice, lost]);
    if (this.failure !== null) throw this.failure.error;
    await Promise.race([this.clock.settle(), lost]);
    return this.isDone;
  }

  private async start(main: (context: ProgramContext) => Promise<void>): Promise<void> {
    try {
      await main(this.context);
    } catch (error) {
      this.failure = { error };
      this.options.group.close(error);
    } finally {
      this.isDone = true;
      this.abort.abort();
      this.gate.arrive();
    }
  }

  private createContext(): ProgramContext {
    const { engine, group, lane, seed, events, spans } = this.options;
    return {
      rank: group.rank,
      worldSize: group.worldSize,
      lane,
      seed,
      dist: createDist(group, spans),
      amp: createAmp(engine, lane),
      optim: (spec) => {
        const optimizer = createOptimizer(spec);
        this.optimizers.push(optimizer);
        return optimizer;
      },
      step: (body) => this.takeStep(body),
      log: (values) => this.log(values),
      evaluated: (values) => {
        if (group.rank === 0) events.evaluation(this.step, values);
      },
      weights: (variables) => {
        this.variables = [...variables];
      },
      show: createShow((view) => {
        if (group.rank === 0) events.show(view);
      }),
      signal: this.abort.signal,
    };
  }

  private async takeStep<T>(body: () => T | Promise<T>): Promise<T> {
    if (this.logged !== null)
      throw new PlaygroundError('program-invalid', 'ctx.step: a step is already under way. Await one step before the next begins.');
    await this.gate.enter();
    const step = ++this.step;
    const logged: LoggedValues = new Map();
    this.logged = logged;
    const { spans } = this.options;
    spans.beginStep(step);
    const pending = this.clock.start();
    const result = await this.runBody(body);
    const { leftOutMs } = this;
    this.leftOutMs = 0;
    const report = (stepMs: number) => this.report(step, Math.max(0, stepMs - leftOutMs), logged);
    await spans.measure('device', () => this.clock.queued(pending, report));
    spans.endStep();
    this.options.events.spansWaiting();
    return result;
  }

  private async runBody<T>(body: () => T | Promise<T>): Promise<T> {
    try {
      return this.options.isMeasured ? await this.meter.measure(() => this.lasting(), body) : await body();
    } finally {
      this.logged = null;
    }
  }

  private lasting(): LastingTensors {
    return { weights: this.variables, optimizer: this.optimizers.flatMap(optimizerSlots), data: [] };
  }

  private log(values: Readonly<Record<string, number | tf.Tensor>>): void {
    if (this.logged === null)
      throw new PlaygroundError('program-invalid', 'ctx.log: no step is under way. Call it inside ctx.step(…), or use ctx.evaluated(…).');
    for (const [name, value] of Object.entries(values)) this.logged.set(name, typeof value === 'number' ? value : readScalar(name, value));
  }

  private async report(step: number, stepMs: number, logged: LoggedValues): Promise<void> {
    const entries = await Promise.all([...logged].map(async ([name, value]) => [name, await value] as const));
    const { loss = Number.NaN, ...metrics } = Object.fromEntries(entries) as Record<string, number>;
    if (this.options.group.rank === 0) this.options.events.step({ step, loss, stepMs, metrics });
    if (logged.has('loss')) this.checkLoss(step, loss);
  }

  private checkLoss(step: number, loss: number): void {
    this.nonFiniteInARow = Number.isFinite(loss) ? 0 : this.nonFiniteInARow + 1;
    const allowed = this.options.isLossScaled ? mostNonFiniteStepsInARow : 0;
    if (this.nonFiniteInARow <= allowed) return;
    throw new PlaygroundError('not-finite', `loss: ${loss} at step ${step}. From here every weight would be NaN, so the lane stopped.`, {
      place: 'loss',
      step,
    });
  }
}

async function readScalar(name: string, tensor: tf.Tensor): Promise<number> {
  if (tensor.size !== 1) {
    throw new PlaygroundError(
      'program-invalid',
      `ctx.log: ${name} is a tensor of shape [${tensor.shape.join(', ')}], expected a number or a scalar. Log its mean, or use ctx.show.`,
    );
  }
  const copy = tf.keep(tensor.clone()); // the program may dispose of its own before the value arrives
  try {
    const [value = Number.NaN] = await copy.data<'float32'>();
    return value;
  } finally {
    copy.dispose();
  }
}
