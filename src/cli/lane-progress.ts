// What the terminal shows of a lane while it trains, kept from the events: steps done, the last loss, the last evaluation, how
// fast it goes. Two speeds are told apart: steps per second from the lane's own measured steps (it waits while the others have
// their turn), and the time left from the wall clock, which is what somebody in front of the terminal waits for.

import type { LanePhase, RunEvent } from '../runner/run-events.ts';
import { duration, shortNumber } from './number-text.ts';

const barCells = 20;
const recentStepCount = 20;

/** One lane as the terminal knows it. */
export interface LaneProgress {
  readonly label: string;
  readonly totalSteps: number | null;
  readonly phase: LanePhase;
  readonly step: number;
  readonly loss: number | null;
  readonly evaluation: Readonly<Record<string, number>>;
  /** Milliseconds of its last steps, newest last. */
  readonly recentStepMs: readonly number[];
  /** Wall clock of its first and last finished steps, and the first's number. */
  readonly first: { readonly step: number; readonly atMs: number } | null;
  readonly lastAtMs: number;
}

/** A lane before anything is known of it. */
export function newLaneProgress(label: string, totalSteps: number | null): LaneProgress {
  return { label, totalSteps, phase: 'waiting', step: 0, loss: null, evaluation: {}, recentStepMs: [], first: null, lastAtMs: 0 };
}

/** The lane after one of its events; `atMs` is the wall clock when it came. */
export function advanceLane(lane: LaneProgress, event: RunEvent, atMs: number): LaneProgress {
  if (event.type === 'lane-phase') return { ...lane, phase: event.phase };
  if (event.type === 'eval') return { ...lane, evaluation: event.point.values };
  if (event.type !== 'steps') return lane;
  const { step: steps, loss, stepMs } = event.batch;
  const step = steps.at(-1) ?? lane.step;
  const recentStepMs = [...lane.recentStepMs, ...stepMs].slice(-recentStepCount);
  return { ...lane, step, loss: loss.at(-1) ?? lane.loss, recentStepMs, first: lane.first ?? { step, atMs }, lastAtMs: atMs };
}

/** One line: bar, steps, loss, evaluation, speed, time left. */
export function formatLane(lane: LaneProgress, labelWidth: number): string {
  const { totalSteps, step, phase } = lane;
  const parts = [lane.label.padEnd(labelWidth)];
  if (totalSteps !== null) parts.push(bar(step / totalSteps));
  parts.push(totalSteps === null ? `step ${step}` : `${String(step).padStart(String(totalSteps).length)}/${totalSteps}`);
  if (lane.loss !== null) parts.push(`loss ${shortNumber(lane.loss)}`);
  for (const [name, value] of Object.entries(lane.evaluation)) parts.push(`${name} ${shortNumber(value)}`);
  if (phase === 'running') parts.push(...pace(lane));
  else parts.push(phase);
  return parts.join('  ');
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, share) * barCells);
  return `${'━'.repeat(filled)}${'┄'.repeat(barCells - filled)}`;
}

function pace({ recentStepMs, first, lastAtMs, step, totalSteps }: LaneProgress): readonly string[] {
  const recentMs = recentStepMs.reduce((sum, value) => sum + value, 0);
  const parts = recentMs > 0 ? [`${shortNumber((1000 * recentStepMs.length) / recentMs)} steps/s`] : [];
  if (totalSteps === null || first === null || step === first.step || step >= totalSteps) return parts;
  const leftMs = ((lastAtMs - first.atMs) / (step - first.step)) * (totalSteps - step);
  return [...parts, `${duration(leftMs)} left`];
}
