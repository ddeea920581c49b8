// The trace file: what Perfetto would refuse or drop must not be in it, whatever the ranks recorded; and what they recorded must.

import { describe, expect, it } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { chromeTrace } from '../../src/export/chrome-trace.ts';
import { RankStepAssembler, type RankStep, type Span } from '../../src/runner/rank-steps.ts';
import { placeSpans } from '../../src/runner/span-tracks.ts';
import { spanPhases, type SpanBatch } from '../../src/train/span-phases.ts';
import { brokenTraceRules } from '../support/trace-event-format.ts';

const day = 1_795_000_000_000; // times are milliseconds since 1970, and must not lose their digits
const span = (phase: Span['phase'], from: number, to: number, bucket = -1): Span => ({
  phase,
  bucket,
  startMs: day + from,
  endMs: day + to,
});

/** Two buckets: the second is read while the first is reduced. */
const overlapping: RankStep = {
  rank: 1,
  step: 7,
  startMs: day,
  endMs: day + 10,
  spans: [
    span('data', 0, 0.3),
    span('device', 1.2, 4),
    span('forward-backward', 0.3, 4),
    span('read-back', 4, 4.5, 0),
    span('read-back', 4.5, 6, 1),
    span('wait', 4.6, 6.2),
    span('reduce', 4.5, 6.3, 0),
    span('reduce', 6.3, 7, 1),
    span('upload', 6.3, 6.4, 0),
    span('optimizer', 7, 8),
  ],
};

/** Any spans at all, as a broken or malicious worker might report them; the last of each step is the step's own. */
function randomBatch(rank: number, next: () => number): SpanBatch {
  const rows = Array.from({ length: 120 }, (_, at) => {
    const step = 1 + Math.floor(at / 30);
    const startMs = day + step * 10 + Math.floor(next() * 90) / 10;
    if (at % 30 === 29) return { step, phase: 0, bucket: -1, startMs: day + step * 10 - next(), endMs: day + step * 10 + 9 + next() };
    const phase = 1 + Math.floor(next() * (spanPhases.length - 1));
    return { step, phase, bucket: Math.floor(next() * 4) - 1, startMs, endMs: startMs + Math.floor(next() * 20) / 10 };
  });
  return {
    rank,
    step: Int32Array.from(rows, ({ step }) => step),
    phase: Uint8Array.from(rows, ({ phase }) => phase),
    bucket: Int32Array.from(rows, ({ bucket }) => bucket),
    startMs: Float64Array.from(rows, ({ startMs }) => startMs),
    endMs: Float64Array.from(rows, ({ endMs }) => endMs),
    droppedCount: 0,
  };
}

describe('the check of the format', () => {
  const slice = { ph: 'X', name: 'a', cat: 'c', pid: 1, tid: 1, ts: 0, dur: 10 };
  it.each([
    ['an array instead of an object', []],
    ['a slice without a duration', { traceEvents: [{ ...slice, dur: undefined }] }],
    ['a slice that lasts less than nothing', { traceEvents: [{ ...slice, dur: -1 }] }],
    ['a name that is a number', { traceEvents: [{ ...slice, name: 5 }] }],
    ['a thread that is a word', { traceEvents: [{ ...slice, tid: 'main' }] }],
    ['a phase that does not exist', { traceEvents: [{ ...slice, ph: 'Z' }] }],
    ['a thread name without a name', { traceEvents: [{ ph: 'M', name: 'thread_name', pid: 1, tid: 1, args: {} }] }],
    ['slices that overlap without nesting', { traceEvents: [slice, { ...slice, name: 'b', ts: 5 }] }],
    ['a unit of its own', { traceEvents: [], displayTimeUnit: 's' }],
  ])('refuses %s', (_, trace) => {
    expect(brokenTraceRules(trace)).not.toEqual([]);
  });

  it('accepts nested slices, and the same times on another thread', () => {
    const traceEvents = [slice, { ...slice, ts: 2, dur: 8 }, { ...slice, ts: 10 }, { ...slice, tid: 2, ts: 5 }];
    expect(brokenTraceRules({ traceEvents, displayTimeUnit: 'ms' })).toEqual([]);
  });
});

describe('a trace', () => {
  it('has every span of every rank in microseconds, with its step and bucket', () => {
    const trace = chromeTrace('Two lanes', [
      { label: '1xfp32', steps: [{ ...overlapping, rank: 0, startMs: day - 2, spans: [] }] },
      { label: '4xfp32', steps: [overlapping] },
    ]);
    expect(brokenTraceRules(JSON.parse(JSON.stringify(trace)))).toEqual([]);
    const slices = trace.traceEvents.filter((event) => event.ph === 'X');
    expect(slices).toHaveLength(1 + 1 + overlapping.spans.length);
    const reduce = slices.find(({ name }) => name === 'reduce 0');
    expect(reduce).toMatchObject({ pid: 2, cat: 'collective', args: { step: 7, bucket: 0 } });
    // 2 ms after the first lane's step, plus 4.5; doubles of today's date hold a quarter of a microsecond
    expect(reduce?.ts).toBeCloseTo(6500, 0);
    expect(reduce?.dur).toBeCloseTo(1800, 0);
    const names = trace.traceEvents.flatMap((event) => (event.ph === 'M' && event.name === 'thread_name' ? [event.args['name']] : []));
    expect(names).toEqual(['rank 0', 'rank 1', 'rank 1, transfer', 'rank 1, collective']);
  });

  it('nests on every thread, whatever the spans are', () => {
    const prng = createPrng(4);
    const next = () => prng.next();
    for (let run = 0; run < 60; run++) {
      const assembler = new RankStepAssembler(2);
      const steps = [0, 1].flatMap((rank) => assembler.add(randomBatch(rank, next)));
      expect(steps.length).toBeGreaterThan(1);
      const trace = chromeTrace('random', [{ label: 'lane', steps }]);
      expect(brokenTraceRules(JSON.parse(JSON.stringify(trace)))).toEqual([]);
    }
  });

  it('of nothing is an empty one', () => {
    expect(brokenTraceRules(chromeTrace('', []))).toEqual([]);
    expect(chromeTrace('', []).traceEvents).toEqual([]);
  });
});

describe('tracks', () => {
  it('keep waiting within its reduce and the device within its pass, and let buckets overlap beside each other', () => {
    const places = placeSpans(overlapping.spans).map(
      ({ phase, bucket, track, row, parent }) => `${phase} ${bucket} ${track} ${row} ${parent}`,
    );
    expect(places).toEqual([
      'data -1 compute 0 null',
      'forward-backward -1 compute 0 null',
      'device -1 compute 0 forward-backward',
      'read-back 0 transfer 0 null',
      'reduce 0 collective 0 null',
      'read-back 1 transfer 0 null',
      'wait -1 collective 0 reduce',
      'reduce 1 collective 0 null',
      'upload 0 compute 0 null',
      'optimizer -1 compute 0 null',
    ]);
  });

  it('give what overlaps without belonging together a further row', () => {
    const rows = placeSpans([span('read-back', 0, 5, 0), span('read-back', 1, 2, 1), span('read-back', 3, 9, 2)]).map(({ row }) => row);
    expect(rows).toEqual([0, 1, 1]);
  });
});
