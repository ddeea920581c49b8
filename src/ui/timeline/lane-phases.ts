// What the lanes spend a step on, as bars that can be laid side by side: by the device's own time stamps where every lane that has told anything has
// them, else by the clocks of the workers. The two are never mixed.

import type { GpuTimes } from '../../core/gpu-times.ts';
import type { PhaseSummary } from '../../runner/results.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import type { LaneState } from '../../state/lanes.ts';
import type { ThemeName } from '../../state/theme.ts';
import type { LaneTimeline } from '../../state/timeline.ts';
import type { SpanPhase } from '../../train/span-phases.ts';
import { gpuShareFill, gpuShareWords, sharesOf } from './gpu-phase-style.ts';
import { phaseStyle, phaseWords } from './phase-style.ts';

/** A part of a step. */
export interface PhasePart {
  readonly key: string;
  readonly name: PlainKey;
  readonly fill: string;
  readonly ms: number;
}

/** One lane's step. */
export interface LanePhases {
  readonly lane: LaneState;
  /** In the order of a step; together `totalMs`. */
  readonly parts: readonly PhasePart[];
  readonly totalMs: number;
}

/** The lanes that can be compared, and by whose clock. */
export interface ComparedPhases {
  readonly clock: 'device' | 'worker';
  readonly lanes: readonly LanePhases[];
}

/** What a worker is at, one after the other; what is left of a step is waiting for the device. */
const workerPhases = ['data', 'forward-backward', 'read-back', 'reduce', 'upload', 'optimizer'] as const satisfies readonly SpanPhase[];

/** Lanes that have recorded nothing are left out. */
export function comparePhases(lanes: readonly LaneState[], timelines: readonly LaneTimeline[], theme: ThemeName): ComparedPhases {
  const told = lanes.flatMap((lane) => {
    const timeline = timelines[lane.index];
    return timeline === undefined || (timeline.gpuTimes === null && timeline.summary() === null) ? [] : [{ lane, timeline }];
  });
  const timed = told.flatMap(({ lane, timeline: { gpuTimes } }) => (gpuTimes === null ? [] : [onDevice(lane, gpuTimes, theme)]));
  if (timed.length > 0 && timed.length === told.length) return { clock: 'device', lanes: timed };
  const byWorkers = told.flatMap(({ lane, timeline }) => {
    const summary = timeline.summary();
    return summary === null ? [] : [byWorker(lane, summary, theme)];
  });
  return { clock: 'worker', lanes: byWorkers };
}

/** The first lane in fp32 with as many ranks: what a lane's time is divided by; null for none, and for that lane itself. */
export function fullPrecisionPeer({ lane }: LanePhases, all: readonly LanePhases[]): LanePhases | null {
  const peer = all.find(({ lane: other }) => other.lane.precision === 'fp32' && other.lane.worldSize === lane.lane.worldSize);
  return peer === undefined || peer.lane === lane ? null : peer;
}

function onDevice(lane: LaneState, times: GpuTimes, theme: ThemeName): LanePhases {
  const parts = sharesOf(times).map(({ share, ms }) => ({
    key: share,
    name: gpuShareWords[share].name,
    fill: gpuShareFill(share, theme),
    ms,
  }));
  return { lane, parts, totalMs: parts.reduce((sum, { ms }) => sum + ms, 0) };
}

function byWorker(lane: LaneState, { phases }: PhaseSummary, theme: ThemeName): LanePhases {
  const msOf = (phase: SpanPhase): number => phases.find((one) => one.phase === phase)?.rank0Ms ?? 0;
  const partOf = (phase: SpanPhase, ms: number): PhasePart => ({
    key: phase,
    name: phaseWords[phase].name,
    fill: phaseStyle(phase, theme).fill,
    ms,
  });
  const parts = workerPhases.map((phase) => partOf(phase, msOf(phase))).filter(({ ms }) => ms > 0);
  const rest = Math.max(0, msOf('step') - parts.reduce((sum, { ms }) => sum + ms, 0));
  const all = [...parts, partOf('device', rest)];
  return { lane, parts: all, totalMs: all.reduce((sum, { ms }) => sum + ms, 0) };
}
