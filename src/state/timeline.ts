// What every rank did in the last steps, and the steps somebody pinned. Only so much is kept: a run of an hour must not fill the memory.
// Pinned steps outlive both the window and the run, because what one wants to lay a step beside is often a step of another run.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { GpuTimes } from '../core/gpu-times.ts';
import { PhaseTally } from '../runner/phase-tally.ts';
import { RankStepAssembler } from '../runner/rank-steps.ts';
import type { RankStep } from '../runner/rank-steps.ts';
import type { PhaseSummary } from '../runner/results.ts';
import type { RunEvent } from '../runner/run-events.ts';
import type { SpanBatch } from '../train/span-phases.ts';
import { createFrameRevision } from './frame-revision.ts';
import type { FrameClock } from './frame-revision.ts';

/** Steps kept per lane; fewer where they have many spans. */
export const mostKeptSteps = 200;
const mostKeptSpans = 50_000;
const mostPins = 3;

/** One step on all ranks that have told of it, by rank. */
export interface TimelineStep {
  readonly step: number;
  readonly ranks: readonly RankStep[];
  /** From the first rank's beginning to the last one's end, in milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A step laid aside. */
export interface PinnedStep {
  readonly label: string;
  readonly step: TimelineStep;
  /** Another run has begun since. */
  readonly isOfEarlierRun: boolean;
}

/** The recorded steps of one lane. */
export interface LaneTimeline {
  readonly label: string;
  readonly worldSize: number;
  /** Ascending; the newest may lack ranks. */
  steps(): readonly TimelineStep[];
  summary(): PhaseSummary | null;
  /** Where the device's time went; null until it has told. */
  readonly gpuTimes: GpuTimes | null;
  /** Spans that a rank had no room to keep. */
  readonly droppedCount: number;
}

/** What the timeline shows. */
export interface TimelineState {
  /** Changes when steps were recorded. */
  readonly revision: ReadonlySignal<number>;
  readonly lanes: ReadonlySignal<readonly LaneTimeline[]>;
  /** The lane on screen: the one somebody chose, else the one with the most ranks. */
  readonly lane: ReadonlySignal<number>;
  readonly chosenLane: Signal<number | null>;
  readonly pins: ReadonlySignal<readonly PinnedStep[]>;
  /** Lays a step aside; the oldest goes where there are too many. */
  pin(label: string, step: TimelineStep): void;
  unpin(pinned: PinnedStep): void;
  apply(event: RunEvent): void;
  /** A new run begins: its lanes are other ones, pins stay. */
  clear(): void;
  /** Forgets the pins as well. */
  forget(): void;
}

/** Nothing is recorded yet. */
export function createTimeline(clock: FrameClock): TimelineState {
  const frames = createFrameRevision(clock);
  const lanes = signal<readonly RecordedLane[]>([]);
  const chosenLane = signal<number | null>(null);
  const pins = signal<readonly PinnedStep[]>([]);
  const clear = (): void => {
    lanes.value = [];
    chosenLane.value = null;
    pins.value = pins.value.map((pinned) => ({ ...pinned, isOfEarlierRun: true }));
  };
  return {
    revision: frames.revision,
    lanes,
    chosenLane,
    lane: computed(() => chosenLane.value ?? widestLane(lanes.value)),
    pins,
    pin(label, step) {
      const others = pins.value.filter((pinned) => pinned.step !== step);
      pins.value = [...others, { label, step, isOfEarlierRun: false }].slice(-mostPins);
    },
    unpin(pinned) {
      pins.value = pins.value.filter((other) => other !== pinned);
    },
    apply(event) {
      if (event.type === 'declared')
        lanes.value = event.declaration.lanes.map(({ label, worldSize }) => new RecordedLane(label, worldSize));
      if (event.type !== 'spans' && event.type !== 'gpu-times') return;
      const lane = lanes.value[event.lane];
      if (lane === undefined) return;
      if (event.type === 'spans') lane.take(event.batch);
      else lane.gpuTimes = event.times;
      frames.touch();
    },
    clear,
    forget() {
      clear();
      pins.value = [];
    },
  };
}

class RecordedLane implements LaneTimeline {
  readonly label: string;
  readonly worldSize: number;
  droppedCount = 0;
  gpuTimes: GpuTimes | null = null;
  private readonly assembler: RankStepAssembler;
  private readonly tally = new PhaseTally(mostKeptSteps);
  private readonly kept = new Map<number, TimelineStep>();
  private spanCount = 0;

  constructor(label: string, worldSize: number) {
    this.label = label;
    this.worldSize = worldSize;
    this.assembler = new RankStepAssembler(worldSize);
  }

  steps(): readonly TimelineStep[] {
    return [...this.kept.values()].sort((a, b) => a.step - b.step);
  }

  summary(): PhaseSummary | null {
    return this.tally.summarise();
  }

  take(batch: SpanBatch): void {
    this.droppedCount += batch.droppedCount;
    for (const rankStep of this.assembler.add(batch)) this.add(rankStep);
  }

  private add(rankStep: RankStep): void {
    this.tally.add(rankStep);
    const { step, startMs, endMs } = rankStep;
    const known = this.kept.get(step);
    this.kept.set(step, {
      step,
      ranks: [...(known?.ranks ?? []), rankStep].sort((a, b) => a.rank - b.rank),
      startMs: Math.min(startMs, known?.startMs ?? startMs),
      endMs: Math.max(endMs, known?.endMs ?? endMs),
    });
    this.spanCount += rankStep.spans.length;
    while (this.kept.size > mostKeptSteps || (this.spanCount > mostKeptSpans && this.kept.size > 1)) this.dropOldest();
  }

  private dropOldest(): void {
    const [oldest] = this.kept;
    if (oldest === undefined) return;
    this.kept.delete(oldest[0]);
    for (const { spans } of oldest[1].ranks) this.spanCount -= spans.length;
  }
}

function widestLane(lanes: readonly LaneTimeline[]): number {
  const most = Math.max(...lanes.map(({ worldSize }) => worldSize));
  return Math.max(
    0,
    lanes.findIndex(({ worldSize }) => worldSize === most),
  );
}
