// Recorded steps as a trace that Perfetto (ui.perfetto.dev) and chrome://tracing open: the JSON object form of the Trace Event Format
// ("Trace Event Format", Duca and others, Google, 2016). A lane is a process, a rank a thread; what a rank moves to and from its device
// and to its peers goes on beside its computing, so it has threads of its own, as GPU profilers give streams theirs. Every slice is a
// complete event ('X'), times in microseconds from the first one.

import type { PlacedSpan, TrackName } from '../runner/span-tracks.ts';
import { placeSpans, trackNames } from '../runner/span-tracks.ts';
import type { RankStep } from '../runner/rank-steps.ts';
import { noBucket } from '../train/span-phases.ts';

/** A lane's recorded steps. */
export interface TraceLane {
  readonly label: string;
  readonly steps: readonly RankStep[];
}

interface CompleteEvent {
  readonly ph: 'X';
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, number>>;
}

interface MetadataEvent {
  readonly ph: 'M';
  readonly name: 'process_name' | 'process_sort_index' | 'thread_name' | 'thread_sort_index';
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, string | number>>;
}

/** A trace file, before JSON. */
export interface ChromeTrace {
  readonly traceEvents: readonly (CompleteEvent | MetadataEvent)[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string>>;
}

/** The trace of some lanes; `title` is the run's. */
export function chromeTrace(title: string, lanes: readonly TraceLane[]): ChromeTrace {
  const firstMs = lanes.reduce((first, { steps }) => steps.reduce((least, { startMs }) => Math.min(least, startMs), first), Infinity);
  return {
    traceEvents: lanes.flatMap((lane, index) => laneEvents(lane, index + 1, firstMs)),
    displayTimeUnit: 'ms',
    otherData: { program: title, origin: 'measured', clock: 'performance.now() of each worker, as the browser rounds it' },
  };
}

function laneEvents({ label, steps }: TraceLane, pid: number, firstMs: number): (CompleteEvent | MetadataEvent)[] {
  const threads = new Threads(pid);
  const slices = steps.flatMap(({ rank, step, startMs, endMs, spans }) => {
    const whole = { phase: 'step' as const, bucket: noBucket, startMs, endMs };
    return placeSpans([whole, ...spans]).map((span): CompleteEvent => {
      const name = span.phase === 'step' ? `step ${step}` : span.bucket === noBucket ? span.phase : `${span.phase} ${span.bucket}`;
      const startNs = nanoseconds(span.startMs - firstMs);
      const durationNs = nanoseconds(span.endMs - firstMs) - startNs; // rounded together, so that what nests still nests
      return {
        ph: 'X',
        name,
        cat: span.track,
        pid,
        tid: threads.of(rank, span),
        ts: startNs / 1000,
        dur: durationNs / 1000,
        args: span.bucket === noBucket ? { step } : { step, bucket: span.bucket },
      };
    });
  });
  const name: MetadataEvent = { ph: 'M', name: 'process_name', pid, tid: 0, args: { name: label } };
  const sort: MetadataEvent = { ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } };
  return [name, sort, ...threads.metadata(), ...slices];
}

/** The threads of one process: one per rank, track and row, as they are needed. */
class Threads {
  private readonly pid: number;
  private readonly known = new Map<string, { readonly tid: number; readonly name: string; readonly sortIndex: number }>();

  constructor(pid: number) {
    this.pid = pid;
  }

  of(rank: number, { track, row }: PlacedSpan): number {
    const key = `${rank} ${track} ${row}`;
    const thread = this.known.get(key) ?? {
      tid: this.known.size + 1,
      name: threadName(rank, track, row),
      sortIndex: sortIndex(rank, track, row),
    };
    this.known.set(key, thread);
    return thread.tid;
  }

  metadata(): MetadataEvent[] {
    return [...this.known.values()].flatMap(({ tid, name, sortIndex: index }): MetadataEvent[] => [
      { ph: 'M', name: 'thread_name', pid: this.pid, tid, args: { name } },
      { ph: 'M', name: 'thread_sort_index', pid: this.pid, tid, args: { sort_index: index } },
    ]);
  }
}

function threadName(rank: number, track: TrackName, row: number): string {
  return `rank ${rank}${track === 'compute' ? '' : `, ${track}`}${row === 0 ? '' : `, ${row + 1}`}`;
}

function sortIndex(rank: number, track: TrackName, row: number): number {
  return (rank * trackNames.length + trackNames.indexOf(track)) * 64 + row;
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}
