// From the batches of a worker to the numbers of results.json: what is no batch is refused, what is one becomes steps, and medians and
// shares are those one works out by hand.

import { describe, expect, it } from 'vitest';
import { coveredLength, mergeIntervals, sharedLength } from '../../src/core/intervals.ts';
import { createPrng } from '../../src/core/prng.ts';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import { linkBytes } from '../../src/runner/link-bytes.ts';
import { PhaseTally } from '../../src/runner/phase-tally.ts';
import { RankStepAssembler, type RankStep } from '../../src/runner/rank-steps.ts';
import { spanPhases, type SpanBatch, type SpanPhase } from '../../src/train/span-phases.ts';

type Row = readonly [step: number, phase: SpanPhase, startMs: number, endMs: number, bucket?: number];

function batchOf(rank: number, rows: readonly Row[]): SpanBatch {
  return {
    rank,
    step: Int32Array.from(rows, ([step]) => step),
    phase: Uint8Array.from(rows, ([, phase]) => spanPhases.indexOf(phase)),
    bucket: Int32Array.from(rows, ([, , , , bucket = -1]) => bucket),
    startMs: Float64Array.from(rows, ([, , startMs]) => startMs),
    endMs: Float64Array.from(rows, ([, , , endMs]) => endMs),
    droppedCount: 0,
  };
}

describe('intervals', () => {
  it('agree with counting points one by one', () => {
    const prng = createPrng(9);
    const draw = () =>
      Array.from({ length: 8 }, () => Math.floor(prng.next() * 40)).map((start) => ({ start, end: start + Math.floor(prng.next() * 9) }));
    const points = (list: readonly { readonly start: number; readonly end: number }[]) =>
      Array.from({ length: 60 }, (_, at) => list.some(({ start, end }) => start <= at && at + 1 <= end));
    for (let run = 0; run < 200; run++) {
      const [a, b] = [draw(), draw()];
      const [inA, inB] = [points(a), points(b)];
      expect(coveredLength(a)).toBe(inA.filter(Boolean).length);
      expect(sharedLength(a, b)).toBe(inA.filter((isIn, at) => isIn && inB[at] === true).length);
      const merged = mergeIntervals(a);
      expect(merged.every(({ start }, at) => at === 0 || start > (merged[at - 1]?.end ?? Infinity))).toBe(true);
    }
  });
});

describe('a batch of spans', () => {
  const good = batchOf(1, [[1, 'data', 1000, 1001]]);
  const parse = (batch: unknown) => parseReplicaMessage({ type: 'events', events: [{ type: 'spans', batch }] });

  it('comes through as it is', () => {
    expect(parse(good)).toEqual({ type: 'events', events: [{ type: 'spans', batch: good }] });
  });

  it.each([
    ['no object', 5],
    ['a rank that is no number', { ...good, rank: '1' }],
    ['a rank beyond any lane', { ...good, rank: 5000 }],
    ['a phase that does not exist', { ...good, phase: Uint8Array.of(spanPhases.length) }],
    ['phases that may be halves', { ...good, phase: Float64Array.of(0.5) }],
    ['a span that ends before it begins', { ...good, endMs: Float64Array.of(999) }],
    ['a time that is no time', { ...good, startMs: Float64Array.of(Number.NaN) }],
    ['a span that never ends', { ...good, endMs: Float64Array.of(Infinity) }],
    ['columns of different lengths', { ...good, bucket: new Int32Array(0) }],
    ['a step before the first', { ...good, step: Int32Array.of(0) }],
    ['a bucket before the first', { ...good, bucket: Int32Array.of(-2) }],
    [
      'more than a batch holds',
      batchOf(
        0,
        Array.from({ length: 20_000 }, (): Row => [1, 'data', 0, 1]),
      ),
    ],
    ['a column of another kind', { ...good, step: [1] }],
  ])('is dropped where it has %s', (_, batch) => {
    expect(parse(batch)).toEqual({ type: 'events', events: [] });
  });
});

describe('steps', () => {
  it('are complete when their own span has come, in however many batches', () => {
    const assembler = new RankStepAssembler(2);
    expect(assembler.add(batchOf(0, [[1, 'data', 0, 1]]))).toEqual([]);
    expect(assembler.add(batchOf(1, [[1, 'step', 0, 9]]))).toEqual([{ rank: 1, step: 1, startMs: 0, endMs: 9, spans: [] }]);
    const [first, second, ...rest] = assembler.add(
      batchOf(0, [
        [1, 'reduce', 1, 2, 3],
        [1, 'step', 0, 4],
        [2, 'step', 4, 5],
        [3, 'data', 5, 6],
      ]),
    );
    expect(first?.spans).toEqual([
      { phase: 'data', bucket: -1, startMs: 0, endMs: 1 },
      { phase: 'reduce', bucket: 3, startMs: 1, endMs: 2 },
    ]);
    expect([second?.step, rest]).toEqual([2, []]);
  });

  it('leave out ranks the lane does not have, spans that come late, and steps that lie in another', () => {
    const assembler = new RankStepAssembler(1);
    expect(assembler.add(batchOf(1, [[1, 'step', 0, 1]]))).toEqual([]);
    expect(assembler.add(batchOf(0, [[1, 'step', 10, 20]]))).toHaveLength(1);
    const rows: Row[] = [
      [1, 'reduce', 19, 25],
      [2, 'step', 15, 30],
      [3, 'data', 10, 31],
      [3, 'step', 30, 40],
    ];
    expect(assembler.add(batchOf(0, rows))).toEqual([{ rank: 0, step: 3, startMs: 30, endMs: 40, spans: [] }]);
  });
});

describe('phase medians', () => {
  /** A step of 10 ms: 6 of computing, then a reduce of `reduceMs`, `waitMs` of it waiting, `hiddenMs` of it within the computing. */
  const rankStep = (rank: number, step: number, reduceMs: number, waitMs: number, hiddenMs = 0): RankStep => {
    const from = 6 - hiddenMs;
    const spans = [
      { phase: 'forward-backward' as const, bucket: -1, startMs: 0, endMs: 6 },
      { phase: 'reduce' as const, bucket: 0, startMs: from, endMs: from + reduceMs },
      { phase: 'wait' as const, bucket: -1, startMs: from, endMs: from + waitMs },
    ];
    return { rank, step, startMs: 0, endMs: 10, spans };
  };

  it('compare the ranks step by step, and leave the first three steps out', () => {
    const tally = new PhaseTally();
    expect(tally.summarise()).toBeNull();
    for (let step = 1; step <= 3; step++) for (const rank of [0, 1]) tally.add(rankStep(rank, step, 4, 4));
    for (let step = 4; step <= 10; step++) {
      tally.add(rankStep(0, step, step % 2 === 0 ? 3 : 1, 0.5)); // ranks take turns in being late
      tally.add(rankStep(1, step, step % 2 === 0 ? 1 : 3, 0.5));
    }
    const summary = tally.summarise();
    expect(summary).toMatchObject({ origin: 'measured', stepCount: 7, hiddenMs: 0 });
    expect(summary?.phases.map(({ phase }) => phase)).toEqual(['step', 'forward-backward', 'reduce', 'wait']);
    expect(summary?.phases.find(({ phase }) => phase === 'reduce')).toEqual({
      phase: 'reduce',
      rank0Ms: 3,
      fastestRankMs: 1,
      slowestRankMs: 3,
    });
    expect(summary?.communicationShare).toBeCloseTo(0.3, 12);
    expect(summary?.waitShare).toBeCloseTo(0.05, 12);
  });

  it('count as hidden what ran while the rank computed, and only the rest as a share', () => {
    const tally = new PhaseTally();
    for (let step = 1; step <= 8; step++) tally.add(rankStep(0, step, 3, 0, 2));
    expect(tally.summarise()).toMatchObject({ hiddenMs: 2, communicationShare: 0.1 });
  });

  it('are over the last 1,024 steps', () => {
    const tally = new PhaseTally();
    for (let step = 1; step <= 3000; step++) tally.add(rankStep(0, step, step <= 1900 ? 4 : 1, 0));
    const summary = tally.summarise();
    expect(summary?.stepCount).toBe(1024);
    expect(summary?.phases.find(({ phase }) => phase === 'reduce')?.rank0Ms).toBe(1);
  });
});

describe('bytes per link', () => {
  it('name both ends of every link, and leave out what is no count', () => {
    const lies = [7, 'many', Number.NaN] as unknown as readonly number[]; // a worker may answer anything
    expect(linkBytes([[0, 5, 6], lies, [1, 2, 0]])).toEqual({
      origin: 'measured',
      bytes: [
        { from: 0, to: 1, bytes: 5 },
        { from: 0, to: 2, bytes: 6 },
        { from: 1, to: 0, bytes: 7 },
        { from: 2, to: 0, bytes: 1 },
        { from: 2, to: 1, bytes: 2 },
      ],
    });
    expect(linkBytes([[0]])).toBeNull();
  });
});
