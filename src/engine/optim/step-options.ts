// What an optimizer does around its own formula: clipping before it, and a learning rate that follows a schedule. Kept beside the optimizer,
// which may be tfjs's or a program's own.
//
// By norm, all gradients of a step are one vector, shortened to `clipNorm` where it is longer: factor min(1, clipNorm ÷ (‖g‖₂ + 1e-6)), as
// torch.nn.utils.clip_grad_norm_ (Pascanu et al., 2013). By value, every element is cut to ±clipValue, as clip_grad_value_. Both act on the
// gradients that are applied: after the all-reduce, hence the same on every rank, and after the loss scale was taken off.

import type { Optimizer } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { numberField } from './optimizer-fields.ts';
import { checkSchedule, scheduleFactor, scheduleFields, type ScheduleOptions } from './schedule.ts';

/** Fields that every optimizer takes. */
export interface StepOptions extends ScheduleOptions {
  /** The largest ‖g‖₂ over all gradients of a step. */
  readonly clipNorm?: number;
  /** The largest magnitude of a single gradient value. Not together with `clipNorm`. */
  readonly clipValue?: number;
}

export const stepOptionFields = [...scheduleFields, 'clipNorm', 'clipValue'] as const;

/** How gradients are clipped. */
export interface Clip {
  readonly by: 'norm' | 'value';
  readonly limit: number;
}

/** Added to the norm by torch. */
export const clipNormEpsilon = 1e-6;

const known = new WeakMap<Optimizer, StepOptions>();

/** Checks the fields of `StepOptions` among others. Throws `config-invalid`, naming the field after `place`. */
export function checkStepOptions(fields: Readonly<Record<string, unknown>>, place: string): StepOptions {
  const { clipNorm, clipValue } = fields;
  for (const [name, value] of Object.entries({ clipNorm, clipValue })) {
    if (value !== undefined && !isPositive(value)) throw invalid(`${place}.${name}`, 'a positive number', value);
  }
  if (clipNorm !== undefined && clipValue !== undefined) throw invalid(`${place}.clipValue`, 'clipNorm or clipValue, not both', clipValue);
  return {
    ...checkSchedule(fields, place),
    ...(isPositive(clipNorm) ? { clipNorm } : {}),
    ...(isPositive(clipValue) ? { clipValue } : {}),
  };
}

/** Sets an optimizer's options; those it had are forgotten. */
export function setStepOptions(optimizer: Optimizer, options: StepOptions): void {
  known.set(optimizer, options);
}

/** An optimizer's options; none where none were set. */
export function stepOptionsOf(optimizer: Optimizer): StepOptions {
  return known.get(optimizer) ?? {};
}

/** How its gradients are clipped; null where they are not. */
export function clipOf(optimizer: Optimizer): Clip | null {
  const { clipNorm, clipValue } = stepOptionsOf(optimizer);
  if (clipNorm !== undefined) return { by: 'norm', limit: clipNorm };
  return clipValue === undefined ? null : { by: 'value', limit: clipValue };
}

/** Whether its learning rate changes with its steps. */
export function followsSchedule(optimizer: Optimizer): boolean {
  const { schedule = 'constant', warmupSteps = 0 } = stepOptionsOf(optimizer);
  return schedule !== 'constant' || warmupSteps > 0;
}

/** The learning rate of the step that comes next: the one that was set, times the schedule's factor; were it so many steps sooner, where asked. */
export function scheduledRate(optimizer: Optimizer, stepsSooner = 0): number {
  const options = known.get(optimizer);
  const learningRate = numberField(optimizer, 'learningRate');
  return options === undefined ? learningRate : learningRate * scheduleFactor(options, Math.max(0, optimizer.iterations - stepsSooner));
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function invalid(place: string, expected: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
