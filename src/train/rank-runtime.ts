// One rank while it trains: the context its program sees, the gate its steps pass, the clock that times them, and the log.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import { createOptimizer } from '../engine/optim/create-optimizer.ts';
import { setLearningRate } from '../engine/optim/learning-rate.ts';
import { optimizerSlots } from '../engine/optim/slots.ts';
import type { LastingTensors } from '../engine/gpu-bytes.ts';
import type { Engine } from '../engine/engine.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { ScalarRing } from '../engine/scalar-ring.ts';
import type { tf } from '../engine/tf.ts';
import { createAmp } from './amp.ts';
import type { ProgramContext } from './context.ts';
import { createDist } from './dist.ts';
import type { EventStream } from './event-stream.ts';
import { GpuSampler } from './gpu-sampler.ts';
import { keepState, keepWeights } from './in-precision.ts';
import { InjectedFaults } from './injected-faults.ts';
import type { Lane } from './lane.ts';
import { Reporter } from './reporter.ts';
import type { Reported } from './reporter.ts';
import { createShow } from './show.ts';
import { StepClock } from './step-clock.ts';
import { StepGate } from './step-gate.ts';
import { StepMeter } from './step-meter.ts';
import type { StepSpans } from './step-spans.ts';
import type { OwnMetric } from './telemetry.ts';

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
  /** Bytes this rank has sent so far, told with every step; null, or absent, where that is not told. */
  readonly bytesSent?: () => number | null;
  /** What brings scalars from the device; its own where absent. */
  readonly ring?: ScalarRing;
  /** What else of the steps taken has to be told before a slice is over. */
  readonly settle?: () => Promise<void>;
  /** The lane's faults say that this rank dies at a step: has its worker ended. */
  readonly die: (step: number) => void;
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
  /** The last that a program has made with `ctx.amp`; null for none. */
  scaler: GradScaler | null = null;
  private readonly options: RankRuntimeOptions;
  /** Another one after a rank was lost, as is the gate. */
  private group: ProcessGroup;
  private gate = new StepGate();
  private readonly faults: InjectedFaults;
  private readonly reporter: Reporter;
  private readonly clock: StepClock;
  private readonly ring: ScalarRing;
  /** Null where the device has no time stamps. Ranks do the same work: only the first of the group is timed. */
  private readonly gpuSampler: GpuSampler | null;
  private readonly abort = new AbortController();
  private logged: LoggedValues | null = null;
  private nonFiniteInARow = 0;
  private leftOutMs = 0;
  private underWay: Promise<unknown> = Promise.resolve();
  private main: Promise<void> | null = null;
  private isDone = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(options: RankRuntimeOptions) {
    this.options = options;
    const { group, lane, events } = options;
    this.group = group;
    this.faults = new InjectedFaults(lane.faults, group.rank, options.die);
    this.reporter = new Reporter(events, group.rank, lane.elastic);
    this.meter = new StepMeter(options.engine);
    this.clock = new StepClock(() => options.engine.sync());
    this.ring = options.ring ?? new ScalarRing(options.engine);
    const timing = options.engine.backend?.timing;
    this.gpuSampler = timing?.isAvailable === true ? new GpuSampler(timing, (times) => events.gpuTimes(times)) : null;
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

  /** Times the kernels of so many of the next steps. */
  timeSteps(stepCount: number): void {
    this.gpuSampler?.ask(stepCount);
  }

  /** Sets the learning rate of every optimizer it knows. Returns how many those are. */
  setLearningRate(learningRate: number): number {
    for (const optimizer of this.optimizers) setLearningRate(optimizer, learningRate);
    return this.optimizers.length;
  }

  /** Lets `main` run until it has taken so many more steps or has ended. True when it has ended. Throws what it threw. */
  async advance(stepCount: number, main: (context: ProgramContext) => Promise<void>): Promise<boolean> {
    this.throwFailure();
    if (this.isDone) return true;
    const slice = this.gate.open(stepCount);
    this.main ??= this.start(main);
    await this.orLost(slice);
    this.throwFailure();
    await this.orLost(this.settle());
    return this.isDone;
  }

  /**
   * Leaves the group, because a rank of it was lost, and comes to rest: nothing is under way any more, and every step that was taken is
   * ready to be reported. Throws what ended the program where it was anything but a lost rank.
   */
  async rest(): Promise<void> {
    const reason = new PlaygroundError('worker-died', 'rank: expected all ranks to go on, but one was lost; this one has left the group.');
    this.group.close(reason);
    this.gate.close(reason);
    await this.orLost(this.main ?? Promise.resolve());
    const { error } = this.failure ?? { error: reason };
    if (!(error instanceof PlaygroundError && error.code === 'worker-died')) throw error;
    await this.orLost(this.settle());
  }

  /** Begins anew in another group, with the step after `step`. */
  goOn(group: ProcessGroup, step: number, reported: Reported): void {
    this.group = group;
    this.gate = new StepGate(step);
    this.step = step;
    this.main = null;
    this.isDone = false;
    this.failure = null;
    this.reporter.goOn(group.rank, reported);
  }

  /** Tells the page of the steps after `step`, on any rank. */
  tellAfter(step: number): void {
    this.reporter.tellAfter(step);
  }

  /** Resolves when no step is under way. */
  async endOfStep(): Promise<void> {
    await this.underWay;
  }

  /** What is waited for, or the loss of the device that would never let it come. */
  private orLost(work: Promise<void>): Promise<void> {
    const lost = this.options.engine.lost.then((error) => {
      throw error;
    });
    return Promise.race([work, lost]);
  }

  /** Resolves when every step that was taken has been told. */
  private async settle(): Promise<void> {
    this.ring.flush();
    await this.clock.settle();
    await this.gpuSampler?.settle();
    await this.options.settle?.();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  private async start(main: (context: ProgramContext) => Promise<void>): Promise<void> {
    try {
      await main(this.context);
    } catch (error) {
      this.failure = { error };
      this.group.close(error);
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
      amp: createAmp(engine, lane, (scaler) => {
        this.scaler = scaler;
      }),
      optim: (spec) => {
        const optimizer = createOptimizer(spec);
        keepState(engine, lane.precision, optimizer);
        this.optimizers.push(optimizer);
        return optimizer;
      },
      step: (body) => this.takeStep(body),
      log: (values) => this.log(values),
      evaluated: (values) => this.reporter.evaluation(this.step, values),
      weights: (variables) => {
        this.variables = [...variables];
        keepWeights(engine, lane.precision, variables);
      },
      show: createShow(
        () => group.rank === 0,
        (view) => events.show(view),
        (text) => {
          if (events.hasRoomFor('error')) events.console({ level: 'error', rank: group.rank, text });
        },
      ),
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
    if (this.group.rank === 0) this.gpuSampler?.begin(step);
    spans.beginStep(step);
    const pending = this.clock.start();
    const running = this.runBody(step, body);
    this.underWay = running.catch(() => undefined); // whoever takes the step hears of it
    const result = await running;
    for (const [name, value] of this.ownValues()) if (!logged.has(name)) logged.set(name, value);
    const { leftOutMs } = this;
    this.leftOutMs = 0;
    const report = (stepMs: number) => this.report(step, Math.max(0, stepMs - leftOutMs), logged);
    this.gpuSampler?.end();
    await spans.measure('device', () => this.clock.queued(pending, report));
    spans.endStep();
    this.options.events.spansWaiting();
    return result;
  }

  /** What is known of the step that has ended without the program's saying so. */
  private ownValues(): readonly (readonly [OwnMetric, number])[] {
    const { usedScale = null, skippedSteps = null } = this.scaler ?? {};
    const known = [
      ['bytesSent', this.options.bytesSent?.() ?? null],
      ['lossScale', usedScale],
      ['skippedSteps', skippedSteps],
    ] as const;
    // A scaler of a program's own loop keeps its numbers on the host.
    return known.flatMap(([name, value]) => (typeof value === 'number' ? [[name, value] as const] : []));
  }

  private async runBody<T>(step: number, body: () => T | Promise<T>): Promise<T> {
    try {
      const fault = this.faults.at(step);
      if (fault !== null) await fault;
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
    for (const [name, value] of Object.entries(values)) this.logged.set(name, typeof value === 'number' ? value : this.read(name, value));
  }

  private async read(name: string, tensor: tf.Tensor): Promise<number> {
    if (tensor.size !== 1) {
      throw new PlaygroundError(
        'program-invalid',
        `ctx.log: ${name} is a tensor of shape [${tensor.shape.join(', ')}], expected a number or a scalar. Log its mean, or use ctx.show.`,
      );
    }
    return this.ring.push(tensor);
  }

  private async report(step: number, stepMs: number, logged: LoggedValues): Promise<void> {
    const entries = await Promise.all([...logged].map(async ([name, value]) => [name, await value] as const));
    const { loss = null, ...metrics } = Object.fromEntries(entries) as Record<string, number>;
    this.reporter.step({ step, loss, stepMs, metrics });
    if (loss !== null) this.checkLoss(step, loss);
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
