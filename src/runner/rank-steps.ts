// Spans as they come, put together into steps: what one rank did in one step, once that step is over. The span of the step itself ends
// last and closes it; one that ends later still (a collective that the program did not await) is left out. A rank's steps follow on each other
// and hold their spans: what claims otherwise is left out, so that whoever draws them need not ask.

import { spanPhases, type SpanBatch, type SpanPhase } from '../train/span-phases.ts';

/** One span; times in milliseconds since 1970. */
export interface Span {
  readonly phase: SpanPhase;
  /** `noBucket` where it belongs to none. */
  readonly bucket: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** One rank's finished step. */
export interface RankStep {
  readonly rank: number;
  readonly step: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Everything but the step itself, in the order in which it ended. */
  readonly spans: readonly Span[];
}

/** A step that says to have more than this has the rest left out. */
const mostSpansPerStep = 4096;

/** Puts one lane's batches together. */
export class RankStepAssembler {
  private readonly worldSize: number;
  private readonly open: Span[][];
  private readonly openStep: number[];
  private readonly endedMs: number[];

  constructor(worldSize: number) {
    this.worldSize = worldSize;
    this.open = Array.from({ length: worldSize }, () => []);
    this.openStep = Array.from({ length: worldSize }, () => 0);
    this.endedMs = Array.from({ length: worldSize }, () => 0);
  }

  /** The steps that a batch completes; none where it claims a rank that the lane does not have. */
  add({ rank, step, phase, bucket, startMs, endMs }: SpanBatch): readonly RankStep[] {
    if (rank >= this.worldSize) return [];
    const finished: RankStep[] = [];
    for (const [at, number] of step.entries()) {
      const name = spanPhases[phase[at] ?? -1];
      const [from = 0, to = 0] = [startMs[at], endMs[at]];
      if (name === undefined || number < (this.openStep[rank] ?? 0)) continue;
      if (number > (this.openStep[rank] ?? 0)) {
        this.openStep[rank] = number;
        this.open[rank] = [];
      }
      const spans = this.open[rank] ?? [];
      if (name !== 'step') {
        if (spans.length < mostSpansPerStep) spans.push({ phase: name, bucket: bucket[at] ?? -1, startMs: from, endMs: to });
        continue;
      }
      if (from >= (this.endedMs[rank] ?? 0)) {
        const held = spans.filter((span) => span.startMs >= from && span.endMs <= to);
        finished.push({ rank, step: number, startMs: from, endMs: to, spans: held });
        this.endedMs[rank] = to;
      }
      this.openStep[rank] = number + 1;
      this.open[rank] = [];
    }
    return finished;
  }
}
