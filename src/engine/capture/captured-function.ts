// A step of tensors that is run again and again, and comes to be replayed: eagerly at first (kernels are compiled, optimizers make their
// slots), then recorded until two runs in a row did exactly the same, then replayed. What does not repeat itself, because it draws
// numbers on the CPU, reads something back or takes another path, goes on eagerly and says why.
//
// Each shape of inputs has a graph of its own. `settings` is what the step takes from the host beside its inputs, such as an optimizer's
// learning rate: where it changes, one step is recorded again, and replays go on with what was found. A step that turns out not to
// depend on it is no longer asked.

import type { Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Recording } from './capture.ts';
import { firstDifference } from './commands.ts';
import type { StepTrace } from './commands.ts';
import { CapturedGraph } from './graph.ts';

/** The outputs of one run. */
export interface RunResult {
  readonly outputs: readonly Tensor[];
  /** What was replayed, or is to be; null where the function has run. */
  readonly replayed: CapturedGraph | null;
  /** Call it when the outputs are no longer needed; those of a graph are written anew by its next replay. */
  dispose(): void;
}

/** How a graph is run; by default all at once. */
export type Replay = (graph: CapturedGraph, inputs: readonly Tensor[]) => void;

const warmUpRunCount = 1;
/** Recordings in a row that may differ from the one before. */
const mostRecordings = 4;
/** Graphs that may be given up, each after a few replays, before it is no longer tried. */
const mostLostGraphs = 8;
const replaysThatPay = 20;
/** Shapes that may have a graph. */
const mostShapes = 8;

/** One shape of inputs. */
interface Variant {
  runCount: number;
  recordingCount: number;
  trace: StepTrace | null;
  graph: CapturedGraph | null;
  settings: string;
  dependsOnSettings: boolean;
  lostGraphCount: number;
  replayCount: number;
}

/** One function, captured per shape. */
export class CapturedFunction {
  private readonly backend: LockstepBackend;
  private readonly run: (inputs: readonly Tensor[]) => readonly Tensor[];
  private readonly variants = new Map<string, Variant>();
  /** Why it runs eagerly, as a clause; null as long as nothing speaks against replaying it. */
  refusal: string | null = null;

  /** `run` is synchronous, disposes of what it makes but its outputs, and leaves its inputs alone. */
  constructor(backend: LockstepBackend, run: (inputs: readonly Tensor[]) => readonly Tensor[]) {
    this.backend = backend;
    this.run = run;
  }

  /** Runs it once. `shape` tells apart what must not share a graph. */
  call(shape: string, settings: string, inputs: readonly Tensor[], replay: Replay = replayWhole): RunResult {
    const variant = this.variantOf(shape, settings);
    if (this.refusal !== null || variant === null) return owned(this.run(inputs));
    const { graph } = variant;
    if (graph !== null && !graph.isStale && (variant.settings === settings || !variant.dependsOnSettings)) {
      replay(graph, inputs);
      if (++variant.replayCount === replaysThatPay) variant.lostGraphCount = 0;
      return { outputs: graph.outputs, replayed: graph, dispose: () => undefined };
    }
    if (variant.runCount++ < warmUpRunCount) return owned(this.run(inputs));
    return this.record(variant, settings, inputs);
  }

  /** Lets its graphs go. */
  dispose(): void {
    for (const { graph } of this.variants.values()) graph?.dispose();
    this.variants.clear();
  }

  private variantOf(shape: string, settings: string): Variant | null {
    const known = this.variants.get(shape);
    if (known !== undefined) return known;
    if (this.variants.size >= mostShapes) return null;
    const counts = { runCount: 0, recordingCount: 0, lostGraphCount: 0, replayCount: 0 };
    const variant = { ...counts, trace: null, graph: null, settings, dependsOnSettings: true };
    this.variants.set(shape, variant);
    return variant;
  }

  private record(variant: Variant, settings: string, inputs: readonly Tensor[]): RunResult {
    const { graph } = variant;
    let recording: Recording;
    try {
      recording = this.backend.capture.record(inputs, () => this.run(inputs));
    } catch (error) {
      return this.withoutCapture(error, inputs);
    }
    const { notes } = recording;
    if (notes.refusal !== null) return this.refuse(notes.refusal, recording);
    if (graph !== null && !graph.isStale && firstDifference(graph.trace, notes) === null) {
      variant.dependsOnSettings = false;
      return this.discard(recording);
    }
    if (graph !== null) {
      if (++variant.lostGraphCount > mostLostGraphs) return this.refuse('what it takes from the host changes too often', recording);
      graph.dispose();
      // The same settings twice tell whether it repeats itself; the step before had others.
      Object.assign(variant, { graph: null, trace: notes, settings, recordingCount: 1, replayCount: 0 });
      return this.discard(recording);
    }
    const difference = variant.trace === null || variant.settings !== settings ? 'it is new' : firstDifference(variant.trace, notes);
    variant.trace = notes;
    variant.settings = settings;
    if (difference === null) {
      variant.graph = new CapturedGraph(this.backend, recording, inputs);
      return { outputs: variant.graph.outputs, replayed: null, dispose: () => undefined };
    }
    return ++variant.recordingCount > mostRecordings ? this.refuse(difference, recording) : this.discard(recording);
  }

  /** The step broke off while it was recorded: it is taken again, without, and whatever is wrong with it shows there. */
  private withoutCapture(error: unknown, inputs: readonly Tensor[]): RunResult {
    const outputs = this.run(inputs);
    const isRead = error instanceof PlaygroundError && error.code === 'not-supported';
    this.giveUp(
      isRead ? 'it reads a value back' : `it failed while it was recorded: ${error instanceof Error ? error.message : String(error)}`,
    );
    return owned(outputs);
  }

  private refuse(reason: string, recording: Recording): RunResult {
    const result = this.discard(recording);
    this.giveUp(reason);
    return result;
  }

  private giveUp(reason: string): void {
    this.refusal = reason;
    this.dispose();
  }

  /** The recorded run was a run like any other. */
  private discard({ outputs, notes }: Recording): RunResult {
    this.backend.capture.release(notes);
    return owned(outputs);
  }
}

function replayWhole(graph: CapturedGraph, inputs: readonly Tensor[]): void {
  graph.replay(inputs);
}

function owned(outputs: readonly Tensor[]): RunResult {
  return { outputs, replayed: null, dispose: () => outputs.forEach((output) => output.dispose()) };
}
