// What makes a comparison unfair, one row per item: whether it was so, and what it spoils. Some things spoil what lanes reached (another
// global batch), some only what they cost (a race). The verdict asks here before it says anything of either.
//
// Where a program's text differs that is no fault: it may be what is compared. But what else changed with it cannot be told from here, so
// that the item stays open.

import { typicalStepMs, warmUpStepCount } from '../core/typical-step.ts';
import { isSameTable, parseVariantTable } from '../core/kernel-variants.ts';
import type { Manifest } from '../runner/results.ts';
import { learningRateFactor, parseLane } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';
import { quantity, say } from './clause.ts';
import type { Said } from './clause.ts';
import { deviceName } from './device-name.ts';
import { driftLimit } from './drift.ts';
import type { Subject } from './subject.ts';

/** What is looked at, in the order of the list. */
export const fairnessIds = [
  'program',
  'data',
  'seed',
  'globalBatch',
  'steps',
  'learningRate',
  'breakers',
  'ranks',
  'schedule',
  'device',
  'kernelVariants',
  'f16',
  'virtual',
  'straggler',
  'drift',
] as const;
export type FairnessId = (typeof fairnessIds)[number];

/** What an item spoils: what lanes reached, how long they took, or how much memory. */
export type Aspect = 'result' | 'time' | 'memory';

export type FindingKey =
  | 'program.changed'
  | 'program.unknown'
  | 'data.unknown'
  | 'seed.differs'
  | 'globalBatch.differs'
  | 'globalBatch.unknown'
  | 'steps.differs'
  | 'learningRate.scaled'
  | 'learningRate.byHand'
  | 'breakers.on'
  | 'ranks.lost'
  | 'schedule.race'
  | 'device.differs'
  | 'device.cpu'
  | 'device.unknown'
  | 'kernelVariants.differs'
  | 'f16.simulated'
  | 'f16.differs'
  | 'virtual.on'
  | 'straggler.on'
  | 'drift.moved'
  | 'drift.unknown';

/** Something that is not as it should be, or is not known. */
export interface Finding extends Said<FindingKey> {
  readonly status: 'differs' | 'unknown';
}

/** One line of the checklist. */
export interface FairnessItem {
  readonly id: FairnessId;
  readonly affects: readonly Aspect[];
  /** The worst of its findings. */
  readonly status: 'ok' | Finding['status'];
  /** None where all is well. */
  readonly findings: readonly Finding[];
}

/** Each half is a median over five slices of ten steps, so that two disturbed ones do not decide; each loses its first steps. */
const fewestStepsForDrift = 110;

interface Row {
  readonly affects: readonly Aspect[];
  /** Whether it can be otherwise at all; left out of the list where not. */
  readonly applies?: (subject: Subject) => boolean;
  readonly find: (subject: Subject, baseline: Subject) => readonly Finding[];
}

const rows: Readonly<Record<FairnessId, Row>> = {
  program: {
    affects: ['result', 'time', 'memory'],
    find: ({ manifest }, { manifest: other }) => {
      if (isSameProgram(manifest, other)) return [];
      const isKnown = manifest.codeHash !== null && other.codeHash !== null;
      return [unknown(isKnown ? 'program.changed' : 'program.unknown')];
    },
  },
  data: {
    affects: ['result'],
    find: ({ manifest }, { manifest: other }) => (isSameProgram(manifest, other) ? [] : [unknown('data.unknown')]),
  },
  seed: {
    affects: ['result'],
    find: (subject, baseline) => {
      const [seeds, others] = [seedsOf(subject), seedsOf(baseline)];
      // One seed beside three of which it is one is no unfair comparison, only one with few seeds.
      if (seeds.every((seed) => others.includes(seed)) || others.every((seed) => seeds.includes(seed))) return [];
      return [differs('seed.differs', pair(subject, baseline, seeds.join(', '), others.join(', ')))];
    },
  },
  globalBatch: {
    affects: ['result', 'time', 'memory'],
    find: (subject, baseline) => {
      const [batch, other] = [globalBatchOf(subject), globalBatchOf(baseline)];
      if (batch === null || other === null) return [unknown('globalBatch.unknown')];
      return batch === other ? [] : [differs('globalBatch.differs', pair(subject, baseline, String(batch), String(other)))];
    },
  },
  steps: {
    affects: ['result'],
    find: (subject, baseline) => {
      const [steps, others] = [stepsOf(subject), stepsOf(baseline)];
      return steps === others ? [] : [differs('steps.differs', pair(subject, baseline, steps, others))];
    },
  },
  learningRate: {
    affects: ['result'],
    find: (subject, baseline) => {
      const [factor, other] = [factorOf(subject), factorOf(baseline)];
      const scaled =
        factor === other
          ? []
          : [
              differs('learningRate.scaled', {
                lane: subject.name,
                factor: quantity('ratio', factor),
                baseline: baseline.name,
                baselineFactor: quantity('ratio', other),
              }),
            ];
      return [...scaled, ...changesByHand(subject, baseline)];
    },
  },
  breakers: {
    affects: ['result'],
    find: (subject, baseline) =>
      [subject, baseline].flatMap((one) => {
        const broken = laneOf(one)?.breakers ?? [];
        return broken.length === 0 ? [] : [differs('breakers.on', { lane: one.name, value: broken.join(', ') })];
      }),
  },
  ranks: {
    affects: ['result', 'time'],
    find: (subject, baseline) =>
      [subject, baseline].flatMap((one) => {
        const lost = one.lanes.reduce((sum, { membershipChanges }) => sum + membershipChanges.length, 0);
        return lost === 0 ? [] : [differs('ranks.lost', { lane: one.name, count: quantity('count', lost) })];
      }),
  },
  schedule: {
    affects: ['time'],
    find: (subject, baseline) =>
      [subject, baseline].some(({ manifest }) => manifest.schedule === 'race') ? [differs('schedule.race')] : [],
  },
  device: { affects: ['time'], find: findDevice },
  kernelVariants: {
    affects: ['time'],
    find: (subject, baseline) =>
      isSameTable(subject.manifest.kernelVariants, baseline.manifest.kernelVariants)
        ? []
        : [differs('kernelVariants.differs', pair(subject, baseline, tableText(subject.manifest), tableText(baseline.manifest)))],
  },
  f16: {
    affects: ['time', 'memory'],
    applies: ({ lanes }) => lanes.some(({ precision }) => precision !== 'fp32'),
    find: (subject, baseline) => {
      const [kind, other] = [subject, baseline].map(({ lanes }) => lanes.find(({ f16 }) => f16 !== null)?.f16 ?? null);
      const simulated = [subject, baseline].filter(({ lanes }) => lanes.some(({ f16 }) => f16 === 'simulated'));
      if (simulated.length > 0) return simulated.map(({ name }) => differs('f16.simulated', { lane: name }));
      const isOther = kind != null && other != null && kind !== other;
      return isOther ? [differs('f16.differs', pair(subject, baseline, kind, other))] : [];
    },
  },
  virtual: {
    affects: ['time', 'memory'],
    applies: ({ lanes }) => lanes.some(({ virtual }) => virtual),
    find: (subject, baseline) =>
      [subject, baseline]
        .filter(({ lanes }) => lanes.some((lane) => lane.virtual))
        .map(({ name }) => differs('virtual.on', { lane: name })),
  },
  straggler: {
    affects: ['time'],
    applies: (subject) => delaysOf(subject) > 0,
    find: (subject, baseline) =>
      [subject, baseline].filter((one) => delaysOf(one) > 0).map(({ name }) => differs('straggler.on', { lane: name })),
  },
  drift: { affects: ['time'], find: (subject, baseline) => [subject, baseline].flatMap(findDrift) },
};

/** The checklist of one comparison. */
export function checkFairness(subject: Subject, baseline: Subject): readonly FairnessItem[] {
  return checkAll([subject], baseline);
}

/** One checklist for several subjects against the same baseline, each finding once. */
export function checkAll(subjects: readonly Subject[], baseline: Subject): readonly FairnessItem[] {
  return fairnessIds.flatMap((id) => {
    const { affects, applies, find } = rows[id];
    if (applies !== undefined && ![baseline, ...subjects].some(applies)) return [];
    const all = new Map(subjects.flatMap((subject) => find(subject, baseline)).map((finding) => [JSON.stringify(finding), finding]));
    const findings = [...all.values()];
    const worst = findings.some(({ status }) => status === 'differs') ? 'differs' : findings.length > 0 ? 'unknown' : 'ok';
    return [{ id, affects, status: worst, findings }];
  });
}

/** The items that spoil an aspect. */
export function spoilersOf(items: readonly FairnessItem[], aspect: Aspect): readonly FairnessId[] {
  return items.filter(({ status, affects }) => status === 'differs' && affects.includes(aspect)).map(({ id }) => id);
}

/** The checklist in a line: which one, and its numbers. */
export function summaryOf(items: readonly FairnessItem[]): {
  readonly key: 'all' | 'open' | 'costs' | 'not';
  readonly ok: number;
  readonly count: number;
  readonly unknown: number;
} {
  const withStatus = (status: FairnessItem['status']) => items.filter((item) => item.status === status).length;
  const [ok, unknown, count] = [withStatus('ok'), withStatus('unknown'), items.length];
  const key = spoilersOf(items, 'result').length > 0 ? 'not' : withStatus('differs') > 0 ? 'costs' : unknown > 0 ? 'open' : 'all';
  return { key, ok, count, unknown };
}

function differs(key: FindingKey, params: Finding['params'] = {}): Finding {
  return { ...say(key, params), status: 'differs' };
}

function unknown(key: FindingKey, params: Finding['params'] = {}): Finding {
  return { ...say(key, params), status: 'unknown' };
}

function pair(subject: Subject, baseline: Subject, value: string, baselineValue: string): Finding['params'] {
  return { lane: subject.name, value, baseline: baseline.name, baselineValue };
}

function isSameProgram(a: Manifest, b: Manifest): boolean {
  return a === b || (a.codeHash !== null && a.codeHash === b.codeHash);
}

/** Such as `matMul/nn-large stock`; a dash where every kernel runs its default. */
function tableText({ kernelVariants }: Manifest): string {
  const entries = Object.entries(parseVariantTable(kernelVariants)); // kept runs that are older than the choice have none
  return entries.length === 0 ? '–' : entries.map((entry) => entry.join(' ')).join(', ');
}

const seedsOf = ({ lanes }: Subject): readonly number[] => lanes.map(({ seed }) => seed);
const stepsOf = ({ lanes }: Subject): string => [...new Set(lanes.map(({ steps }) => steps))].join(', ');

/** The options of a subject's lanes, which share them. Null for a short form of another version, whose options are not known here. */
function laneOf({ lanes: [first] }: Subject): Lane | null {
  try {
    return first === undefined ? null : parseLane(first.shortForm, 'lane');
  } catch {
    return null; // a file may come from a version that had other options
  }
}

function globalBatchOf(subject: Subject): number | null {
  const { globalBatch } = subject.manifest;
  return globalBatch === null ? null : (laneOf(subject)?.globalBatch ?? globalBatch);
}

function factorOf(subject: Subject): number {
  const { globalBatch } = subject.manifest;
  const lane = laneOf(subject);
  return globalBatch === null || lane === null ? 1 : learningRateFactor(globalBatch, lane);
}

function delaysOf(subject: Subject): number {
  return laneOf(subject)?.faults.filter(({ kind }) => kind === 'delay').length ?? 0;
}

function changesByHand(subject: Subject, baseline: Subject): readonly Finding[] {
  const changesOf = ({ lanes }: Subject) => JSON.stringify([...new Set(lanes.map((lane) => JSON.stringify(lane.learningRateChanges)))]);
  if (changesOf(subject) === changesOf(baseline)) return [];
  return [subject, baseline]
    .filter(({ lanes }) => lanes.some(({ learningRateChanges }) => learningRateChanges.length > 0))
    .map(({ name }) => differs('learningRate.byHand', { lane: name }));
}

function findDevice(subject: Subject, baseline: Subject): readonly Finding[] {
  const [here, there] = [subject.manifest, baseline.manifest];
  if (here.backend === 'cpu' || there.backend === 'cpu') return [differs('device.cpu')];
  if (here === there) return [];
  const [own, other] = [deviceName(here), deviceName(there)];
  const hasOther = own !== other || here.userAgent !== there.userAgent || here.features.join() !== there.features.join();
  if (hasOther) return [differs('device.differs', pair(subject, baseline, own, other))];
  const isNamed = Object.values(here.adapter ?? {}).some((text) => text !== '');
  return isNamed ? [] : [unknown('device.unknown')];
}

/** A lane's two halves are the same work at different times, and so are its repeats. */
function findDrift(subject: Subject): readonly Finding[] {
  const repeats = subject.lanes.map(({ medianStepMs }) => medianStepMs).filter((stepMs) => stepMs !== null);
  const spreads = subject.lanes.map(({ series }) => {
    if (series.length < fewestStepsForDrift) return null;
    const stepMs = series.slice(warmUpStepCount).map((row) => row.stepMs);
    const middle = stepMs.length >> 1;
    return spreadOf([typicalStepMs(stepMs.slice(0, middle)), typicalStepMs(stepMs.slice(middle))]);
  });
  const all = repeats.length > 1 ? [...spreads, spreadOf(repeats)] : spreads;
  const known = all.filter((spread) => spread !== null);
  const most = Math.max(...known);
  if (most > driftLimit) return [differs('drift.moved', { lane: subject.name, ratio: quantity('ratio', most) })];
  return known.length === 0 ? [unknown('drift.unknown', { lane: subject.name })] : [];
}

/** How many times the least the most is; null where a time is missing or too short for the browser's clock. */
function spreadOf(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  const least = Math.min(...known);
  return known.length < times.length || !(least > 0) ? null : Math.max(...known) / least;
}
