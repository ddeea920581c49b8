// Is a run what its record says? A lane is run again with what the record holds (program, lane, seed, steps) and compared bit for bit: every
// loss, every logged metric, every evaluation, and the hash of the weights. JSON keeps a double to the last digit, so equal numbers are equal
// bits. The same adapter, browser and versions give the same bits (README, "What it promises"); elsewhere sums round differently, and training
// carries that on, so that there the losses are held to a tolerance and the answer says how far they are.

import type { PrecisionMode } from '../core/precision/precision-mode.ts';
import { precisionMode } from '../core/precision/precision-modes.ts';
import type { LaneResult, Manifest, StepRow } from '../runner/results.ts';
import { say, quantity } from './clause.ts';
import type { Said } from './clause.ts';
import { deviceName } from './device-name.ts';
import { isSameValue, loggedValues } from './logged-value.ts';
import type { LoggedValue } from './logged-value.ts';

/** A lane with the manifest of the run it is from. */
export interface RecordedLane {
  readonly manifest: Manifest;
  readonly lane: LaneResult;
}

/** What is not the same place: there other bits are no surprise. */
export type PlaceDifference = 'device' | 'browser' | 'versions';

/** The first number that is another one. */
export interface Difference {
  readonly step: number;
  /** `loss`, a metric, or `weights`: the hash at the end. */
  readonly name: string;
  readonly recorded: LoggedValue;
  readonly again: LoggedValue;
}

/** What a re-run says of a record. */
export interface Verification {
  /** `within`: not bit for bit, but within the tolerance, on another device, browser or version; `ended`: it did not end where the record did. */
  readonly outcome: 'identical' | 'within' | 'differs' | 'ended';
  /** Recorded steps that were compared: all, or those before somebody changed the learning rate or a rank was lost, which a re-run does not repeat. */
  readonly steps: number;
  readonly isWhole: boolean;
  readonly first: Difference | null;
  /** The largest difference of a loss, as a share of the loss; null where no finite losses were compared. */
  readonly furthest: number | null;
  readonly places: readonly PlaceDifference[];
  /** Where the re-run ended, and the record. */
  readonly ended: {
    readonly steps: number;
    readonly recorded: number;
    readonly state: LaneResult['state'];
    readonly message: string | null;
  };
}

/**
 * How far a loss may be from the recorded one elsewhere, as a share of it. Measured: docs/verdict.md. Each rounding of fp16 is off by up to 2⁻¹¹,
 * each of fp32 by 2⁻²⁴, and steps build on each other. bf16's are off by eight times as much as fp16's: assumed, not measured.
 */
export const elsewhereTolerance = { fp32: 1e-3, fp16: 2e-2, bf16: 16e-2 } as const satisfies Readonly<
  Record<PrecisionMode['format'], number>
>;
/** Losses near 0 are compared with this share of the first one. */
const shareOfFirstLoss = 0.01;

/** Compares a lane with the same lane run again. */
export function verifyLane(recorded: RecordedLane, again: RecordedLane): Verification {
  const [lane, other] = [recorded.lane, again.lane];
  const until = Math.min(lane.steps, ...[...lane.learningRateChanges, ...lane.membershipChanges].map(({ step }) => step));
  const isWhole = until === lane.steps;
  const places = placeDifferences(recorded.manifest, again.manifest);
  const ended = { steps: other.steps, recorded: lane.steps, state: other.state, message: other.error?.message ?? null };
  const first = firstDifference(lane, other, until, isWhole);
  const distances = lossDistances(lane, other, until);
  const steps = lane.series.filter(({ step }) => step <= until).length;
  const common = { steps, isWhole, first, furthest: distances.length === 0 ? null : Math.max(...distances), places, ended };
  if (isWhole && (other.state !== lane.state || other.steps !== lane.steps)) return { ...common, outcome: 'ended' };
  if (other.steps < until) return { ...common, outcome: 'ended' };
  if (first === null) return { ...common, outcome: 'identical' };
  const tolerance = elsewhereTolerance[precisionMode(lane.precision).format];
  const isNear = distances.length > 0 && distances.every((distance) => distance <= tolerance);
  return { ...common, outcome: places.length > 0 && isNear ? 'within' : 'differs' };
}

/** Whether a verification found nothing wrong. */
export function isConfirmed({ outcome }: Verification): boolean {
  return outcome === 'identical' || outcome === 'within';
}

export type VerifyKey =
  | 'identical'
  | 'identicalUntil'
  | 'within'
  | 'differs'
  | 'differsWeights'
  | 'furthest'
  | 'ended'
  | 'failed'
  | 'elsewhere.device'
  | 'elsewhere.browser'
  | 'elsewhere.versions';

/** A verification in words. */
export function verifySentences(verification: Verification): readonly Said<VerifyKey>[] {
  const { outcome, steps, isWhole, first, furthest, places, ended } = verification;
  const count = quantity('count', steps);
  const elsewhere = outcome === 'identical' ? [] : places.map((place) => say(`elsewhere.${place}` as const));
  if (outcome === 'ended') {
    const params = { steps: quantity('count', ended.steps), recorded: quantity('count', ended.recorded) };
    const end = ended.message === null ? say('ended', params) : say('failed', { ...params, message: ended.message });
    return [end, ...elsewhere];
  }
  if (first === null) return [say(isWhole ? 'identical' : 'identicalUntil', { steps: count })];
  const far = furthest === null || furthest === 0 ? [] : [say('furthest', { furthest: quantity('power', furthest) })];
  if (outcome === 'within') return [say('within', { steps: count, furthest: quantity('power', furthest ?? 0) }), ...elsewhere];
  const step = quantity('count', first.step);
  if (first.name === 'weights') return [say('differsWeights'), ...elsewhere];
  const values = { recorded: numberOf(first.recorded), again: numberOf(first.again) };
  return [say('differs', { step, name: first.name, ...values }), ...far, ...elsewhere];
}

function numberOf(value: LoggedValue) {
  if (typeof value === 'number') return quantity('exact', value);
  return value === null || value === 'unknown' ? '–' : value;
}

function placeDifferences(recorded: Manifest, again: Manifest): readonly PlaceDifference[] {
  const isOtherDevice = deviceName(recorded) !== deviceName(again) || recorded.features.join() !== again.features.join();
  const { lockstep, tfjs } = recorded.versions;
  const isOtherVersion = lockstep !== again.versions.lockstep || tfjs !== again.versions.tfjs;
  return [
    ...(isOtherDevice ? (['device'] as const) : []),
    ...(recorded.userAgent === again.userAgent ? [] : (['browser'] as const)),
    ...(isOtherVersion ? (['versions'] as const) : []),
  ];
}

/** The earliest step in which any number differs; a step's own numbers before an evaluation after it, the weights last. */
function firstDifference(lane: LaneResult, other: LaneResult, until: number, isWhole: boolean): Difference | null {
  const inSteps = firstDifferentRow(lane, other, 'series', until);
  const inEvals = firstDifferentRow(lane, other, 'evals', until);
  if (inSteps !== null && (inEvals === null || inSteps.step <= inEvals.step)) return inSteps;
  if (inEvals !== null) return inEvals;
  if (!isWhole || lane.weightsHash === other.weightsHash) return null;
  return { step: lane.steps, name: 'weights', recorded: null, again: null };
}

/** Not part of what is computed. */
const timeNames: ReadonlySet<string> = new Set(['step', 'stepMs']);

function firstDifferentRow(lane: LaneResult, again: LaneResult, table: 'series' | 'evals', until: number): Difference | null {
  const [rows, others] = [lane[table], again[table]];
  const [recordedOf, againOf] = [loggedValues(lane, table), loggedValues(again, table)];
  const [mine, theirs] = [rows, others].map((list) => new Map(list.map((row) => [row.step, row])));
  const steps = [...new Set([...rows, ...others].map(({ step }) => step))].filter((step) => step <= until).sort((a, b) => a - b);
  for (const step of steps) {
    const [row, other] = [mine?.get(step), theirs?.get(step)];
    const names = [...new Set(['loss', ...Object.keys({ ...row, ...other })])].filter((name) => !timeNames.has(name));
    const name = names.find((each) => !isSameValue(recordedOf(row, each), againOf(other, each)));
    if (name !== undefined) return { step, name, recorded: recordedOf(row, name), again: againOf(other, name) };
  }
  return null;
}

function lossDistances(lane: LaneResult, other: LaneResult, until: number): readonly number[] {
  const floor = Math.abs(lane.series[0]?.loss ?? 0) * shareOfFirstLoss;
  const distance = (a: StepRow, b: StepRow | undefined): number => {
    if (a.loss === null || b === undefined || b.loss === null) return a.loss === (b?.loss ?? null) ? 0 : Infinity;
    return a.loss === b.loss ? 0 : Math.abs(a.loss - b.loss) / Math.max(Math.abs(a.loss), floor);
  };
  return lane.series.filter(({ step }) => step <= until).map((row, index) => distance(row, other.series[index]));
}
