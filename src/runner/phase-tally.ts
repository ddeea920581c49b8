// How long a lane's steps spend in each phase, for the results and for the page's table: medians over the last steps, on rank 0 and over
// the ranks. The times of one step are compared across ranks before the median is taken, because the rank that comes last into a collective
// waits for nobody: its time there is what the exchange itself costs, and everybody else's is that plus waiting.
//
// Communication is what the gradients' way to the other ranks and back takes: read-back, reduce and upload. Of that, what ran while the rank
// also computed is hidden; only the rest makes a step longer.

import { coveredLength, sharedLength, type Interval } from '../core/intervals.ts';
import { median } from '../core/stats.ts';
import { spanPhases, type SpanPhase } from '../train/span-phases.ts';
import type { RankStep, Span } from './rank-steps.ts';
import type { PhaseSummary } from './results.ts';

/** Steps that compile shaders and fill pools. */
const warmUpStepCount = 3;
/** Medians in the results are over this many steps at most. */
const resultWindow = 1024;

const communicationPhases: readonly SpanPhase[] = ['read-back', 'reduce', 'upload'];
const computePhases: readonly SpanPhase[] = ['data', 'forward-backward', 'optimizer'];

/** What is kept of one step of one rank, in milliseconds. */
interface StepTimes {
  readonly byPhase: Float64Array;
  readonly communicationMs: number;
  readonly hiddenMs: number;
}

/** Collects one lane's steps. */
export class PhaseTally {
  /** By step, then by rank. Steps leave in the order in which they came. */
  private readonly steps = new Map<number, StepTimes[]>();
  private readonly windowLength: number;
  /** As of the last step; null where one has come since. */
  private latest: PhaseSummary | null = null;

  /** `windowLength`: the steps that medians are over. */
  constructor(windowLength: number = resultWindow) {
    this.windowLength = windowLength;
  }

  add(rankStep: RankStep): void {
    const { step, rank } = rankStep;
    const ranks = this.steps.get(step) ?? [];
    ranks[rank] = timesOf(rankStep);
    this.steps.set(step, ranks);
    const [oldest] = this.steps.keys();
    this.latest = null;
    if (this.steps.size > this.windowLength && oldest !== undefined) this.steps.delete(oldest);
  }

  /** Null before the first step. */
  summarise(): PhaseSummary | null {
    this.latest ??= this.sumUp();
    return this.latest;
  }

  private sumUp(): PhaseSummary | null {
    const steps = [...this.steps].filter(([, ranks]) => ranks[0] !== undefined);
    const late = steps.filter(([step]) => step > warmUpStepCount);
    const warm = (late.length > 0 ? late : steps).map(([, ranks]) => ranks.filter(Boolean));
    if (warm.length === 0) return null;
    const overRanks = (pick: (times: StepTimes) => number, choose: (values: readonly number[]) => number): number =>
      rounded(median(warm.map((ranks) => choose(ranks.map(pick)))));
    const first = (values: readonly number[]): number => values[0] ?? 0;
    const most = (values: readonly number[]): number => Math.max(...values);
    const phases = spanPhases.flatMap((phase, index) => {
      const pick = ({ byPhase }: StepTimes): number => byPhase[index] ?? 0;
      const isSeen = warm.some((ranks) => ranks.some((times) => pick(times) > 0));
      const least = (values: readonly number[]): number => Math.min(...values);
      if (!isSeen) return [];
      return [{ phase, rank0Ms: overRanks(pick, first), fastestRankMs: overRanks(pick, least), slowestRankMs: overRanks(pick, most) }];
    });
    return {
      origin: 'measured',
      stepCount: warm.length,
      phases,
      communicationShare: overRanks((times) => shareOf(times, times.communicationMs - times.hiddenMs), first),
      waitShare: overRanks((times) => shareOf(times, times.byPhase[spanPhases.indexOf('wait')] ?? 0), first),
      hiddenMs: overRanks(({ hiddenMs }) => hiddenMs, first),
    };
  }
}

/** To a thousandth: no browser's clock tells more. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function timesOf({ startMs, endMs, spans }: RankStep): StepTimes {
  const byPhase = new Float64Array(spanPhases.length);
  for (const { phase, startMs: from, endMs: to } of spans) {
    const at = spanPhases.indexOf(phase);
    byPhase[at] = (byPhase[at] ?? 0) + to - from;
  }
  byPhase[spanPhases.indexOf('step')] = endMs - startMs;
  const communication = intervalsOf(spans, communicationPhases);
  const hiddenMs = sharedLength(communication, intervalsOf(spans, computePhases));
  return { byPhase, communicationMs: coveredLength(communication), hiddenMs };
}

function intervalsOf(spans: readonly Span[], phases: readonly SpanPhase[]): readonly Interval[] {
  return spans.filter(({ phase }) => phases.includes(phase)).map(({ startMs, endMs }) => ({ start: startMs, end: endMs }));
}

function shareOf({ byPhase }: StepTimes, partMs: number): number {
  const stepMs = byPhase[spanPhases.indexOf('step')] ?? 0;
  return stepMs > 0 ? partMs / stepMs : 0;
}
