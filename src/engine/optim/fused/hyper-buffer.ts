// Every number that an update reads, in one small GPU buffer per optimizer: what the host knows is written at most once a step, before the
// step's commands and only where it changed; what the device finds out (bias corrections, the clipping factor) is written by begin-kernel.ts,
// and by whoever decides on the device whether the step is taken (precision/device-loss-scale.ts). A recorded step can be replayed with another
// learning rate, because no number of it is part of a program.
//
// Layout, f32 words: 0 learning rate, 1 factor on every gradient (one over the loss scale), 2 whether the step is skipped (1, else 0),
// 3 clipping limit, 4 … 11 the rule's constants, 12 clipping factor, 13 … 15 what the rule's scalars give. Where the device decides which steps
// are taken, the host does not know how many were, and a schedule goes by that: 16 the skipped steps that the host knows of, 17 … 48 the learning
// rates for 0 … 31 more of them. The device writes words 0 to 2.

import type { Optimizer, Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { tf } from '../../tf.ts';
import { countIteration } from '../optimizer-fields.ts';
import { clipOf, followsSchedule, scheduledRate } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';

const firstConstant = 4;
const hostWords = 12;
export const clipFactorWord = hostWords;
export const firstGivenWord = hostWords + 1;
const knownSkipsWord = 16;
/** So many steps may be skipped before the host has to hear of it. */
export const mostUnknownSkips = 31;
const wordCount = knownSkipsWord + 1 + mostUnknownSkips + 1;

/** What the device writes in every step before it is read: any step without would be NaN. */
const ofDevice = Number.NaN;
/** WGSL: whether the step is skipped. */
export const isSkipped = 'hyper[2] != 0.0';
/** WGSL: writes the device's own words, given WGSL of the factor, of whether the step is skipped, and of how many were before it. */
export const writeScaling = (factor: string, isSkippedNow: string, skippedBefore: string): string =>
  `hyper[0] = hyper[${knownSkipsWord + 1}u + min(u32(${skippedBefore} - hyper[${knownSkipsWord}]), ${mostUnknownSkips}u)];
  hyper[1] = ${factor};
  hyper[2] = select(0.0, 1.0, ${isSkippedNow});`;

/** WGSL: the host's words under their names, read from a buffer named `hyper`. */
export function hyperConstants(rule: UpdateRule, optimizer: Optimizer): string {
  const constants = Object.keys(rule.constants(optimizer)).map((name, index) => [name, firstConstant + index] as const);
  const words = [['learningRate', 0], ['gradientFactor', 1], ['clipLimit', 3], ...constants] as const;
  return words.map(([name, word]) => `let ${name} = hyper[${word}];`).join(' ');
}

interface HyperBuffer {
  readonly backend: LockstepBackend;
  readonly tensor: Tensor;
  /** By the first word. */
  readonly written: Map<number, Float32Array<ArrayBuffer>>;
}

const buffers = new WeakMap<Optimizer, HyperBuffer>();

/** The tensor behind it; null before the first step on the GPU. */
export function hyperTensorOf(optimizer: Optimizer): Tensor | null {
  return buffers.get(optimizer)?.tensor ?? null;
}

/**
 * Writes the numbers of the step that begins, now and before every replay, and counts it. `scaling` is the factor on every gradient; where the
 * device decides on it, and on whether the step is taken, it is asked how many skipped steps the host knows of, which are not counted. Returns
 * the tensor to bind.
 */
export function beginHyperStep(backend: LockstepBackend, rule: UpdateRule, optimizer: Optimizer, scaling: number | (() => number)): Tensor {
  const buffer = bufferFor(backend, optimizer);
  backend.everyStep(() => {
    if (typeof scaling === 'number') {
      write(buffer, 0, hostValues(rule, optimizer, scheduledRate(optimizer), scaling));
    } else {
      write(buffer, 0, hostValues(rule, optimizer, ofDevice, ofDevice));
      write(buffer, knownSkipsWord, skipsAndRates(optimizer, scaling()));
    }
    countIteration(optimizer);
  });
  return buffer.tensor;
}

/** The learning rates of this step where 0, 1, 2 … of the steps that were counted were skipped, after how many the host knows of. */
function skipsAndRates(optimizer: Optimizer, knownSkips: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(1 + mostUnknownSkips + 1);
  values[0] = knownSkips;
  if (!followsSchedule(optimizer)) return values.fill(scheduledRate(optimizer), 1);
  for (let skips = 0; skips <= mostUnknownSkips; skips++) values[1 + skips] = scheduledRate(optimizer, skips);
  return values;
}

/** Gives the buffer back. */
export function disposeHyper(optimizer: Optimizer): void {
  buffers.get(optimizer)?.tensor.dispose();
  buffers.delete(optimizer);
}

function bufferFor(backend: LockstepBackend, optimizer: Optimizer): HyperBuffer {
  const found = buffers.get(optimizer);
  if (found !== undefined && found.backend === backend) return found;
  const created = { backend, tensor: tf.keep(tf.zeros([wordCount])), written: new Map() };
  buffers.set(optimizer, created);
  return created;
}

function hostValues(rule: UpdateRule, optimizer: Optimizer, learningRate: number, gradientFactor: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(hostWords);
  values.set([learningRate, gradientFactor, 0, clipOf(optimizer)?.limit ?? 0]);
  values.set(Object.values(rule.constants(optimizer)), firstConstant);
  return values;
}

function write({ backend, tensor, written }: HyperBuffer, firstWord: number, values: Float32Array<ArrayBuffer>): void {
  const before = written.get(firstWord);
  if (before !== undefined && values.every((value, word) => Object.is(value, before[word]))) return;
  backend.flush(); // a queue write overtakes recorded commands, which read the numbers of the step before
  backend.internals.queue.writeBuffer(backend.bufferOf(tensor.dataId), firstWord * values.BYTES_PER_ELEMENT, values);
  written.set(firstWord, values);
}
