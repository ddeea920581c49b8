// A replica: one worker, one device, one rank of one lane of one program. The page calls its methods in the order warm,
// rehearse, load, prepare, advance …, finish.

import { ProcessGroup } from '../collective/process-group.ts';
import { timeWaits } from '../collective/timed-transport.ts';
import { PlaygroundError } from '../core/errors.ts';
import { hashHex } from '../core/hash.ts';
import { parseVariantTable } from '../core/kernel-variants.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import { f16KindOf } from '../core/lane-use.ts';
import { precisionMode } from '../core/precision/precision-modes.ts';
import { setDatasetSeed } from '../data/dataset-seed.ts';
import { setDatasetSource } from '../data/dataset-source.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { parseBackendChoice, startEngine } from '../engine/start.ts';
import type { BackendChoice } from '../engine/start.ts';
import type { Engine } from '../engine/engine.ts';
import { autotune, tuningBudgetMs } from '../engine/tune/autotune.ts';
import { f16TuneCases } from '../engine/tune/f16-tune-case.ts';
import { tuneCases } from '../engine/tune/tune-cases.ts';
import { setVariantTable } from '../engine/tune/variant-table.ts';
import { ScalarRing } from '../engine/scalar-ring.ts';
import { tensorsMade } from '../engine/tensors-made.ts';
import { readWeights } from '../engine/weights-hash.ts';
import * as lab from '../lab/lab.ts';
import { judgeClaims, parseCard, parseClaims } from './card.ts';
import type { Claim } from './card.ts';
import type { ClaimResults } from './claim-results.ts';
import { eager } from './captured-update.ts';
import { captureConsole } from './console-capture.ts';
import type { ProgramContext } from './context.ts';
import { loseRank, restAfterLoss, takeSeat } from './elastic-rank.ts';
import type { LossReport, NewSeat } from './elastic-rank.ts';
import { EventStream } from './event-stream.ts';
import { presetFor, presetNote } from './cpu-preset.ts';
import type { Experiment } from './experiment.ts';
import type { Lane } from './lane.ts';
import { importProgram } from './load-module.ts';
import type { AddressOf } from './load-module.ts';
import * as lockstep from './lockstep.ts';
import type { NumberLines, Overflow } from './number-lines.ts';
import { PageBytes } from './page-bytes.ts';
import { transportOver } from './peer-links.ts';
import type { PeerLinks } from './peer-links.ts';
import { checkProgramExport } from './program-export.ts';
import type { Declaration, ProgramModule } from './program-module.ts';
import { programTf } from './program-tf.ts';
import type { Program } from './program.ts';
import type { RankActivity } from './rank-activity.ts';
import type { RankReport, RestReport, SliceReport } from './rank-report.ts';
import { RankRuntime } from './rank-runtime.ts';
import { seedMathRandom } from './seeded-random.ts';
import type { StepMeter } from './step-meter.ts';
import { StepProbe } from './step-probe.ts';
import { StepSpans } from './step-spans.ts';
import type { DeviceReport, Inspection, ReplicaEvent } from './telemetry.ts';
import { prepareExperiment } from './train-experiment.ts';
import type { PreparedExperiment } from './train-experiment.ts';

/** What a replica posts, unasked. */
type Post = (
  message:
    | { readonly type: 'events'; readonly events: readonly ReplicaEvent[] }
    | { readonly type: 'need-bytes'; readonly name: string }
    | { readonly type: 'device-lost' }
    | { readonly type: 'fault'; readonly step: number },
) => void;

/** A rank that is ready to train. */
interface PreparedRank {
  readonly engine: Engine;
  readonly group: ProcessGroup;
  readonly lane: Lane;
  readonly runtime: RankRuntime;
  readonly scaler: GradScaler | null;
  readonly meter: StepMeter;
  readonly main: (context: ProgramContext) => Promise<void>;
  /** Null for a program, whose loop is its own. */
  readonly experiment: PreparedExperiment | null;
}

/** Frames of a deep model still leave room for the user's own. */
const stackDepth = 60;

/** One per worker. */
export class Replica {
  private readonly post: Post;
  private readonly addressOf: AddressOf;
  private readonly bytes: PageBytes;
  private readonly events: EventStream;
  private engine: Promise<Engine> | null = null;
  private program: Experiment | Program | null = null;
  private claims: readonly Claim[] = [];
  private prepared: PreparedRank | null = null;
  private isTaken = false;
  /** Until it has ended, this worker's table is the tuner's. */
  private tuning: Promise<VariantTable> | null = null;
  private rank = 0;
  private messageCount = 0;
  /** In groups that it has left. */
  private bytesSentBefore = 0;

  constructor(post: Post, addressOf: AddressOf) {
    this.post = post;
    this.addressOf = addressOf;
    this.events = new EventStream((events) => {
      this.messageCount++;
      post({ type: 'events', events });
    });
    this.bytes = new PageBytes((name) => post({ type: 'need-bytes', name }));
    setDatasetSource(this.bytes);
  }

  async warm({ backend, tested }: { readonly backend: string; readonly tested: DeviceReport | null }): Promise<DeviceReport> {
    this.engine ??= this.startEngine(parseBackendChoice(backend), tested);
    return (await this.engine).report;
  }

  async rehearse(): Promise<void> {
    if (this.engine === null) return;
    await rehearse(await this.engine, () => this.isTaken);
  }

  async tune(): Promise<VariantTable | null> {
    const engine = await this.engine;
    if (engine === null || engine.backend === null) return null;
    const { sync } = engine;
    this.tuning = autotune([...tuneCases, ...f16TuneCases(engine.backend)], {
      sync,
      budgetMs: tuningBudgetMs,
      isOver: () => this.isTaken,
      now: () => performance.now(),
    });
    const table = await this.tuning;
    return this.isTaken ? null : table;
  }

  async load(module: ProgramModule): Promise<Declaration> {
    this.isTaken = true;
    await this.tuning?.catch(() => undefined); // whoever asked for it hears what went wrong
    Error.stackTraceLimit = stackDepth;
    captureConsole(this.events, () => this.rank);
    forbidClose();
    seedMathRandom(0, 'module'); // the program's own seed is known only once its module has run
    try {
      const exports = await importProgram(module, { '@tensorflow/tfjs': programTf, lockstep, 'lockstep/lab': lab }, this.addressOf);
      this.program = checkProgramExport(exports['default']);
      if (exports['card'] !== undefined) parseCard(exports['card']);
      this.claims = parseClaims(exports['claims'] ?? []);
      return this.declare(this.program, await this.report());
    } finally {
      this.events.flush();
    }
  }

  async prepare(
    assignment: { rank: number; lane: Lane; seed: number; steps: number | null; kernelVariants: VariantTable; timedSteps: number },
    links: PeerLinks,
  ): Promise<void> {
    const { rank, lane, seed } = assignment;
    setVariantTable(parseVariantTable(assignment.kernelVariants));
    const { program } = this;
    if (program === null || this.engine === null) throw new PlaygroundError('internal', 'replica: prepare was called before load.');
    this.rank = rank;
    const engine = await this.engine;
    engine.ledger?.restartPeak(); // from here on it is the lane's own
    engine.backend?.f32Programs.clear();
    const spans = new StepSpans(rank);
    this.events.spans = spans;
    const group = this.createGroup(rank, links, lane);
    setDatasetSeed(seed);
    try {
      const die = (step: number) => this.post({ type: 'fault', step });
      const bytesSent = () => (lane.worldSize > 1 ? this.bytesSent() : null);
      const runtimeOptions = { engine, group, lane, seed, spans, events: this.events, die, bytesSent };
      if (program.kind === 'program') {
        seedMathRandom(seed, 'train', rank);
        const runtime = new RankRuntime({ ...runtimeOptions, isMeasured: true, isLossScaled: lane.lossScale !== 'off' });
        const main = async (context: ProgramContext) => program.main(context);
        this.prepared = { engine, group, lane, runtime, scaler: null, meter: runtime.meter, main, experiment: null };
        return;
      }
      const steps = assignment.steps ?? program.steps;
      const ring = new ScalarRing(engine);
      const listener = {
        lines: (lines: NumberLines) => this.events.numberLines(lines),
        overflow: (overflow: Overflow) => this.events.overflow(overflow),
      };
      const experiment = await prepareExperiment(program, { engine, group, lane, seed, steps, spans, numbers: { ring, listener } });
      const { variables, optimizer, meter, scaler, train, numbers } = experiment;
      const settle = async () => numbers?.settle();
      const runtime = new RankRuntime({ ...runtimeOptions, ring, settle, isMeasured: false, isLossScaled: scaler !== null });
      runtime.variables = variables;
      runtime.optimizers.push(optimizer);
      this.prepared = { engine, group, lane, runtime, scaler, meter, main: train, experiment };
      if (rank === 0) this.events.weights(variables.map(({ name, shape }) => ({ name, shape })));
    } catch (error) {
      group.close(error);
      throw error;
    } finally {
      this.prepared?.runtime.timeSteps(assignment.timedSteps);
      this.events.flush();
    }
  }

  hold(): number {
    return this.current().runtime.hold();
  }

  async waiting(): Promise<RankActivity> {
    const { engine, group, runtime } = this.current();
    await engine.device?.queue.onSubmittedWorkDone();
    return { waiting: group.waiting(), ...group.traffic(), progress: runtime.step + tensorsMade() };
  }

  async lost(rank: number): Promise<LossReport> {
    const { group, runtime } = this.current();
    return loseRank(group, runtime, rank);
  }

  async rest(): Promise<RestReport> {
    const { runtime, experiment } = this.current();
    const step = await restAfterLoss(runtime, experiment);
    this.events.flush();
    return { step, messageCount: this.messageCount };
  }

  tellAfter(step: number): number {
    this.current().runtime.tellAfter(step);
    return this.messageCount;
  }

  async takeSeat(seat: NewSeat, links: PeerLinks): Promise<void> {
    const before = this.current();
    const { lane, runtime, experiment } = before;
    if (experiment === null) throw new PlaygroundError('internal', 'replica: a program keeps its ranks.');
    const group = this.createGroup(seat.rank, links, lane);
    this.bytesSentBefore += before.group.bytesSent;
    this.prepared = { ...before, group };
    await takeSeat(group, runtime, experiment, seat);
  }

  timeSteps(stepCount: number): void {
    this.current().runtime.timeSteps(stepCount);
  }

  countNumbers(stepCount: number): void {
    this.current().experiment?.numbers?.ask(stepCount);
  }

  setLearningRate(learningRate: number): number {
    return this.current().runtime.setLearningRate(learningRate);
  }

  inspect(inspection: Inspection | null): void {
    const { experiment, runtime, group } = this.current();
    if (experiment === null) return;
    if (inspection === null) {
      experiment.watch(null);
      return;
    }
    const { model, variables } = experiment;
    const probe = new StepProbe({
      model,
      variables,
      inspection,
      rank: group.rank,
      step: () => runtime.step,
      show: (view) => this.events.inside(view),
      onTimeSpent: (ms) => runtime.leaveOut(ms),
    });
    experiment.watch(probe);
  }

  async advance(stepCount: number): Promise<SliceReport> {
    const { runtime, main, engine } = this.current();
    try {
      const isDone = await runtime.advance(stepCount, main);
      await engine.check();
      this.events.flush(isDone);
      return { isDone, step: runtime.step, messageCount: this.messageCount };
    } catch (error) {
      this.events.flush(true);
      throw error;
    }
  }

  async finish(): Promise<RankReport> {
    const { runtime, engine, group, lane, scaler, meter, experiment } = this.current();
    const weights = await readWeights(runtime.variables);
    const scaling = await (scaler ?? runtime.scaler)?.read();
    this.events.flush(true);
    return {
      step: runtime.step,
      messageCount: this.messageCount,
      weightsHash: weights.length === 0 ? null : hashHex(weights),
      weights: group.rank === 0 ? weights : [],
      // Of f32 buffers with rounded values, which say nothing about bf16.
      bytes: precisionMode(lane.precision).format === 'bf16' ? null : meter.bytes(),
      f16: f16KindOf(lane.precision, engine.report.f16),
      f32Ops: [...(engine.backend?.f32Programs ?? [])].toSorted(),
      execution: experiment?.execution() ?? eager("the program's own loop"),
      lossScale: scaling?.scale ?? null,
      skippedSteps: scaling?.skippedSteps ?? 0,
      testSampleCount: experiment?.testSampleCount ?? null,
      bytesSent: this.bytesSent(),
      bytesSentTo: group.bytesSentTo(),
    };
  }

  /** In every group it was in; of virtual ranks what rank 0 would have sent. */
  private bytesSent(): number {
    const { experiment, group } = this.current();
    return experiment?.virtualBytesSent() ?? this.bytesSentBefore + group.bytesSent;
  }

  judge(results: ClaimResults): readonly (boolean | null)[] {
    if (this.program === null) throw new PlaygroundError('internal', 'replica: judge was called before load.');
    return judgeClaims(this.claims, results, this.program.steps);
  }

  swallow(buffer: ArrayBuffer): number {
    return buffer.byteLength;
  }

  provideBytes(name: string, bytes: ArrayBuffer | null, reason: string): void {
    this.bytes.provide(name, bytes, reason);
  }

  private createGroup(rank: number, links: PeerLinks, lane: Lane): ProcessGroup {
    const transport = timeWaits(transportOver(rank, links), (fromMs, toMs) => this.events.spans?.add('wait', fromMs, toMs));
    return new ProcessGroup(transport, lane.allReduce);
  }

  private async startEngine(backend: BackendChoice, tested: DeviceReport | null): Promise<Engine> {
    const engine = await startEngine({ backend, selfTest: tested ?? 'run' });
    void engine.lost.then(() => this.post({ type: 'device-lost' }));
    return engine;
  }

  /** What a program says about itself, with its smaller preset where that applies. */
  private declare(program: Experiment | Program, { backend }: DeviceReport): Declaration {
    const { kind, title, seed, target, lanes } = program;
    const claims = this.claims.map(({ text }) => text);
    if (program.kind === 'program') return { kind, title, seed, steps: program.steps, target, lanes, globalBatch: null, claims };
    const used = presetFor(program, backend);
    this.program = used;
    const declaration = { kind, title, seed, steps: used.steps, target, lanes, globalBatch: used.globalBatch, claims };
    if (used === program) return declaration;
    console.info(presetNote(used));
    return { ...declaration, preset: 'cpu' };
  }

  private async report(): Promise<DeviceReport> {
    if (this.engine === null) throw new PlaygroundError('internal', 'replica: load was called before warm.');
    return (await this.engine).report;
  }

  private current(): PreparedRank {
    if (this.prepared === null) throw new PlaygroundError('internal', 'replica: it is not prepared.');
    return this.prepared;
  }
}

/** A worker that closes itself leaves the page waiting; a program has no reason to. */
function forbidClose(): void {
  Object.defineProperty(globalThis, 'close', {
    configurable: false,
    value: () => {
      throw new PlaygroundError('program-invalid', 'close: a program cannot end its own worker. Return from its function instead.');
    },
  });
}
