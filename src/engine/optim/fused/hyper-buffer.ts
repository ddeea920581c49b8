// Every number that an update reads, in one small GPU buffer per optimizer: what the host knows is written at most once a step, before the
// step's commands and only where it changed; what the device finds out (bias corrections, the clipping factor) is written by begin-kernel.ts,
// and by whoever decides on the device whether the step is taken (precision/device-loss-scale.ts). A recorded step can be replayed with another
// learning rate, because no number of it is part of a program.
//
// Layout, f32 words: 0 learning rate, 1 factor on every gradient (one over the loss scale), 2 whether the step is skipped (1, else 0),
// 3 clipping limit, 4 … 11 the rule's constants, 12 clipping factor, 13 … 15 what the rule's scalars give.

import type { Optimizer, Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { tf } from '../../tf.ts';
import { countIteration } from '../optimizer-fields.ts';
import { clipOf, scheduledRate } from '../step-options.ts';
import type { UpdateRule } from '../update-rule.ts';

const firstConstant = 4;
const hostWords = 12;
export const clipFactorWord = hostWords;
export const firstGivenWord = hostWords + 1;
const wordCount = 16;

/** A factor that the device writes, in every step, before it is read: any step without would be NaN. */
export const factorOfDevice = Number.NaN;
/** WGSL: whether the step is skipped. */
export const isSkipped = 'hyper[2] != 0.0';
/** WGSL: writes the device's own words. */
export const writeScaling = (factor: string, isSkippedNow: string): string =>
  `hyper[1] = ${factor}; hyper[2] = select(0.0, 1.0, ${isSkippedNow});`;

/** WGSL: the host's words under their names, read from a buffer named `hyper`. */
export function hyperConstants(rule: UpdateRule, optimizer: Optimizer): string {
  const constants = Object.keys(rule.constants(optimizer)).map((name, index) => [name, firstConstant + index] as const);
  const words = [['learningRate', 0], ['gradientFactor', 1], ['clipLimit', 3], ...constants] as const;
  return words.map(([name, word]) => `let ${name} = hyper[${word}];`).join(' ');
}

interface HyperBuffer {
  readonly backend: LockstepBackend;
  readonly tensor: Tensor;
  written: Float32Array<ArrayBuffer>;
}

const buffers = new WeakMap<Optimizer, HyperBuffer>();

/** The tensor behind it; null before the first step on the GPU. */
export function hyperTensorOf(optimizer: Optimizer): Tensor | null {
  return buffers.get(optimizer)?.tensor ?? null;
}

/** Writes the numbers of the step that begins, now and before every replay, and counts it. Returns the tensor to bind. */
export function beginHyperStep(backend: LockstepBackend, rule: UpdateRule, optimizer: Optimizer, gradientFactor: number): Tensor {
  const buffer = bufferFor(backend, optimizer);
  backend.everyStep(() => {
    write(buffer, hostValues(rule, optimizer, gradientFactor));
    countIteration(optimizer);
  });
  return buffer.tensor;
}

/** Gives the buffer back. */
export function disposeHyper(optimizer: Optimizer): void {
  buffers.get(optimizer)?.tensor.dispose();
  buffers.delete(optimizer);
}

function bufferFor(backend: LockstepBackend, optimizer: Optimizer): HyperBuffer {
  const found = buffers.get(optimizer);
  if (found !== undefined && found.backend === backend) return found;
  const created = { backend, tensor: tf.keep(tf.zeros([wordCount])), written: new Float32Array(0) };
  buffers.set(optimizer, created);
  return created;
}

function hostValues(rule: UpdateRule, optimizer: Optimizer, gradientFactor: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(hostWords);
  values.set([scheduledRate(optimizer), gradientFactor, 0, clipOf(optimizer)?.limit ?? 0]);
  values.set(Object.values(rule.constants(optimizer)), firstConstant);
  return values;
}

function write(buffer: HyperBuffer, values: Float32Array<ArrayBuffer>): void {
  const { backend, tensor, written } = buffer;
  if (written.length === values.length && values.every((value, word) => Object.is(value, written[word]))) return;
  backend.flush(); // a queue write overtakes recorded commands, which read the numbers of the step before
  backend.internals.queue.writeBuffer(backend.bufferOf(tensor.dataId), 0, values);
  buffer.written = values;
}
