// What a lane may say beyond its size and its precision: one row per option, with its check, its value where it is absent, and how it
// is written in the short form. The object form, the command line, links and the page's fields all go through this table.

import { networkNames } from '../cluster/networks.ts';
import type { NetworkName } from '../cluster/networks.ts';
import { allReduceNames } from '../collective/all-reduce.ts';
import type { AllReduceName } from '../collective/all-reduce.ts';
import { isWireName } from '../collective/wire/wire-name.ts';
import type { WireName } from '../collective/wire/wire-name.ts';
import { PlaygroundError } from '../core/errors.ts';
import { isLossScale, largestGrowthInterval } from '../engine/precision/loss-scale.ts';
import { breakers } from './breakers.ts';
import type { Breaker } from './breakers.ts';
import { parseFaults, readFault, writeFault } from './faults.ts';
import type { Fault } from './faults.ts';

/** For the page, which may not import the collectives themselves. */
export { allReduceNames };

/** How the loss is scaled: torch's dynamic rule, a fixed factor, or not at all. */
export type LossScaleMode = 'dynamic' | 'off' | number;

/** How often ranks agree: on the gradients of every step, or on the weights after so many steps of their own (local SGD). */
export type SyncMode = 'every-step' | { readonly localSteps: number };

/** What BatchNorm averages over: the rank's own micro-batch, or all ranks'. */
export const batchNormModes = ['local', 'sync'] as const;
export type BatchNormMode = (typeof batchNormModes)[number];

/** What becomes of the learning rate in a lane with a global batch of its own: in proportion to it (Goyal et al., 2017), to its root, or nothing. */
export const lrScalings = ['linear', 'sqrt', 'none'] as const;
export type LrScaling = (typeof lrScalings)[number];

/** Every option, with its checked value. */
export interface LaneOptions {
  /** How gradients are averaged over the ranks. */
  readonly allReduce: AllReduceName;
  /** Gradients are read back and reduced in buckets of at most so many bytes, or of one tensor that is larger. */
  readonly bucketBytes: number;
  /** What gradients look like between ranks. */
  readonly wire: WireName;
  /** Micro-steps whose gradients are added up before the ranks exchange them. */
  readonly gradAccumSteps: number;
  readonly sync: SyncMode;
  readonly batchNorm: BatchNormMode;
  /** Samples per step over all ranks; null for the experiment's own. */
  readonly globalBatch: number | null;
  readonly lrScaling: LrScaling;
  /** Steps over which the learning rate rises to its full value; null for the optimizer's own. */
  readonly warmupSteps: number | null;
  /** The largest ‖g‖₂ of a step, all gradients together; null for the optimizer's own clipping. */
  readonly clipNorm: number | null;
  /** What is done wrong on purpose. */
  readonly breakers: readonly Breaker[];
  readonly faults: readonly Fault[];
  /** Whether the lane goes on with the ranks that are left when one is lost. */
  readonly elastic: boolean;
  /** Whether all ranks run in one worker, one after the other. */
  readonly virtual: boolean;
  /** Whether every step runs through tfjs anew, instead of being replayed from a recording. */
  readonly eager: boolean;
  /** The network of the modelled cluster, by name; null for 10GbE. */
  readonly network: NetworkName | null;
  /** Of lanes in 16 bits. */
  readonly lossScale: LossScaleMode;
  /** What the dynamic loss scale begins with; null for torch's 65,536. */
  readonly initScale: number | null;
  /** Good steps in a row before the dynamic loss scale grows; null for torch's 2,000. */
  readonly growthInterval: number | null;
  /** How many times it is run, each time with the next seed. */
  readonly repeat: number;
}

/** As many lanes at most as one entry of a list may stand for. */
export const mostRepeats = 16;

interface LaneOption<Value> {
  /** Its name in the short form, before the `=`. */
  readonly key: string;
  /** Words that say it without a name. */
  readonly words?: readonly string[];
  /** `isLossScaled`: whether its precision scales the loss where it is not said. */
  absent(isLossScaled: boolean): Value;
  /** Throws `config-invalid`. */
  check(value: unknown, place: string): Value;
  /** Texts of the short form as the object form has them; what makes no sense is for `check` to say. */
  read(texts: readonly string[]): unknown;
  /** Texts for the short form of a value that is not `absent`. */
  write(value: Value): readonly string[];
}

const mebibyte = 1024 * 1024;
/** torch's `bucket_cap_mb`. */
const defaultBucketBytes = 25 * mebibyte;

const flag = (key: string): LaneOption<boolean> => ({
  key,
  words: [key],
  absent: () => false,
  check: (value, place) => (typeof value === 'boolean' ? value : fail(place, 'expected true or false', value)),
  read: () => true,
  write: () => [key],
});

/** The table; short forms are written in this order. */
export const laneOptions: { readonly [Field in keyof LaneOptions]: LaneOption<LaneOptions[Field]> } = {
  allReduce: {
    key: 'allReduce',
    words: allReduceNames,
    absent: () => 'direct',
    check: (value, place) => oneOf(allReduceNames, value, place),
    read: ([text]) => text,
    write: (value) => [value],
  },
  bucketBytes: {
    key: 'bucket',
    absent: () => defaultBucketBytes,
    check: (value, place) => wholeNumber(value, place, 4, 2 ** 31),
    read: ([text = '']) => readBytes(text),
    write: (value) => [`bucket=${formatBytes(value)}`],
  },
  wire: {
    key: 'wire',
    absent: () => 'fp32',
    check: (value, place) =>
      isWireName(value) ? value : fail(place, 'expected fp32, fp16, int8, or topk:0.01 with the share of values that is sent', value),
    read: ([text]) => text,
    write: (value) => [`wire=${value}`],
  },
  gradAccumSteps: {
    key: 'accum',
    absent: () => 1,
    check: (value, place) => wholeNumber(value, place, 1, 4096),
    read: ([text]) => readNumber(text),
    write: (value) => [`accum=${value}`],
  },
  sync: {
    key: 'local',
    absent: () => 'every-step',
    check: checkSync,
    read: ([text]) => ({ localSteps: readNumber(text) }),
    write: (value) => (value === 'every-step' ? [] : [`local=${value.localSteps}`]),
  },
  batchNorm: {
    key: 'batchNorm',
    absent: () => 'local',
    check: (value, place) => oneOf(batchNormModes, value, place),
    read: ([text]) => text,
    write: (value) => [`batchNorm=${value}`],
  },
  globalBatch: {
    key: 'batch',
    absent: () => null,
    check: (value, place) => (value === null ? null : wholeNumber(value, place, 1, 2 ** 31)),
    read: ([text]) => readNumber(text),
    write: (value) => [`batch=${value}`],
  },
  lrScaling: {
    key: 'lrScaling',
    absent: () => 'linear',
    check: (value, place) => oneOf(lrScalings, value, place),
    read: ([text]) => text,
    write: (value) => [`lrScaling=${value}`],
  },
  warmupSteps: {
    key: 'warmup',
    absent: () => null,
    check: (value, place) => (value === null ? null : wholeNumber(value, place, 0, 2 ** 31)),
    read: ([text]) => readNumber(text),
    write: (value) => [`warmup=${value}`],
  },
  clipNorm: {
    key: 'clip',
    absent: () => null,
    check: (value, place) => {
      const isLimit = typeof value === 'number' && Number.isFinite(value) && value > 0;
      return value === null || isLimit ? value : fail(place, 'expected a positive number', value);
    },
    read: ([text]) => readNumber(text),
    write: (value) => [`clip=${value}`],
  },
  breakers: {
    key: 'break',
    absent: () => [],
    check: (value, place) => {
      if (!Array.isArray(value)) return fail(place, `expected a list of ${breakers.join(', ')}`, value);
      return [...new Set(value.map((name, index) => oneOf(breakers, name, `${place}[${index}]`)))];
    },
    read: (texts) => texts,
    write: (value) => value.map((name) => `break=${name}`),
  },
  faults: {
    key: 'fault',
    absent: () => [],
    check: parseFaults,
    read: (texts) => texts.map(readFault),
    write: (value) => value.map((fault) => `fault=${writeFault(fault)}`),
  },
  elastic: flag('elastic'),
  virtual: flag('virtual'),
  eager: flag('eager'),
  network: {
    key: 'net',
    absent: () => null,
    check: (value, place) => (value === null ? null : oneOf(networkNames, value, place)),
    read: ([text]) => text,
    write: (value) => [`net=${value}`],
  },
  lossScale: {
    key: 'lossScale',
    absent: (isLossScaled) => (isLossScaled ? 'dynamic' : 'off'),
    check: (value, place) =>
      value === 'dynamic' || value === 'off' || isLossScale(value)
        ? value
        : fail(place, "expected 'dynamic', 'off' or a positive number, at most 2^126", value),
    read: ([text]) => readNumber(text),
    write: (value) => [`lossScale=${value}`],
  },
  initScale: {
    key: 'initScale',
    absent: () => null,
    check: (value, place) =>
      value === null || isLossScale(value) ? value : fail(place, 'expected a positive number, at most 2^126', value),
    read: ([text]) => readNumber(text),
    write: (value) => [`initScale=${value}`],
  },
  growthInterval: {
    key: 'growthInterval',
    absent: () => null,
    check: (value, place) => (value === null ? null : wholeNumber(value, place, 1, largestGrowthInterval)),
    read: ([text]) => readNumber(text),
    write: (value) => [`growthInterval=${value}`],
  },
  repeat: {
    key: 'repeat',
    absent: () => 1,
    check: (value, place) => wholeNumber(value, place, 1, mostRepeats),
    read: ([text]) => readNumber(text),
    write: (value) => [`repeat=${value}`],
  },
};

/** The options' names in the object form. */
export const laneOptionNames = Object.keys(laneOptions) as readonly (keyof LaneOptions)[]; // its own keys, by its type

/** Which option a part of the short form belongs to, and its text; null where it is none. */
export function readOption(part: string): { readonly field: keyof LaneOptions; readonly text: string } | null {
  const split = part.indexOf('=');
  const key = split === -1 ? part : part.slice(0, split);
  const field = laneOptionNames.find((name) => {
    const option = laneOptions[name];
    return split === -1 ? (option.words?.includes(part) ?? false) : option.key === key;
  });
  return field === undefined ? null : { field, text: split === -1 ? part : part.slice(split + 1) };
}

/** `64KB` as bytes, in powers of 1,024 as torch counts a bucket's megabytes; the text itself where it is none. */
function readBytes(text: string): unknown {
  const match = /^(\d+(?:\.\d+)?)(KB|MB|GB|B)?$/i.exec(text);
  if (match === null) return text;
  const unit = { B: 1, KB: 1024, MB: mebibyte, GB: 1024 * mebibyte }[(match[2] ?? 'B').toUpperCase()] ?? 1;
  return Number(match[1]) * unit;
}

function formatBytes(bytes: number): string {
  if (bytes % mebibyte === 0) return `${bytes / mebibyte}MB`;
  return bytes % 1024 === 0 ? `${bytes / 1024}KB` : String(bytes);
}

function readNumber(text = ''): unknown {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function checkSync(value: unknown, place: string): SyncMode {
  if (value === 'every-step') return value;
  if (typeof value !== 'object' || value === null || !('localSteps' in value)) {
    return fail(place, "expected 'every-step' or { localSteps: 8 }", value);
  }
  const localSteps = wholeNumber(value.localSteps, `${place}.localSteps`, 1, 100_000);
  return localSteps === 1 ? 'every-step' : { localSteps };
}

function wholeNumber(value: unknown, place: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  return fail(place, `expected a whole number from ${least} to ${most}`, value);
}

function oneOf<Name extends string>(names: readonly Name[], value: unknown, place: string): Name {
  const found = names.find((name) => name === value);
  return found ?? fail(place, `expected one of ${names.join(', ')}`, value);
}

function fail(place: string, expectation: string, got: unknown): never {
  throw invalidLane(place, expectation, got);
}

/** The refusal of a lane. */
export function invalidLane(place: string, expectation: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: ${expectation}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
