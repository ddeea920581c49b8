// Optimizers by name, as programs write them: flat fields of numbers and words, so that a run can say what it differs in. Checked field by field.

import { PlaygroundError } from '../../core/errors.ts';
import { isRecord } from '../../core/is-record.ts';
import { checkStepOptions, stepOptionFields, type StepOptions } from './step-options.ts';

/** An optimizer by name. Fields that are absent take tfjs's documented defaults; formulas are in docs/optimizers.md. */
export type OptimizerSpec = StepOptions &
  (
    | { readonly name: 'sgd'; readonly learningRate: number }
    | { readonly name: 'momentum'; readonly learningRate: number; readonly momentum?: number; readonly useNesterov?: boolean }
    | ({ readonly name: 'adam' } & AdamFields)
    /** Weight decay that does not pass through the moments; `weightDecay` 0.01 where absent, as in PyTorch. */
    | ({ readonly name: 'adamW'; readonly weightDecay?: number } & AdamFields)
    | ({ readonly name: 'adamax' } & AdamFields)
    | {
        readonly name: 'rmsprop';
        readonly learningRate: number;
        readonly decay?: number;
        readonly momentum?: number;
        readonly epsilon?: number;
        /** Divides by the gradients' standard deviation rather than their root mean square. */
        readonly centered?: boolean;
      }
    | { readonly name: 'adagrad'; readonly learningRate: number; readonly initialAccumulatorValue?: number }
    | { readonly name: 'adadelta'; readonly learningRate: number; readonly rho?: number; readonly epsilon?: number }
  );

interface AdamFields {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const adamFields = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;
const fieldsOfName: Readonly<Record<OptimizerSpec['name'], readonly string[]>> = {
  sgd: ['learningRate'],
  momentum: ['learningRate', 'momentum', 'useNesterov'],
  adam: adamFields,
  adamW: [...adamFields, 'weightDecay'],
  adamax: adamFields,
  rmsprop: ['learningRate', 'decay', 'momentum', 'epsilon', 'centered'],
  adagrad: ['learningRate', 'initialAccumulatorValue'],
  adadelta: ['learningRate', 'rho', 'epsilon'],
};

/** A checked spec. Throws `config-invalid`, naming the field. */
export function parseOptimizerSpec(value: unknown): OptimizerSpec {
  if (!isRecord(value)) throw invalid('', "an object such as { name: 'adam', learningRate: 1e-3 }", value);
  const { name } = value;
  if (typeof name !== 'string' || !Object.hasOwn(fieldsOfName, name))
    throw invalid('.name', `one of ${Object.keys(fieldsOfName).join(', ')}`, name);
  const fields = fieldsOfName[name as OptimizerSpec['name']]; // Object.hasOwn has just said so
  const own: Record<string, unknown> = {};
  const around: Record<string, unknown> = {};
  for (const [field, content] of Object.entries(value)) {
    if (field === 'name' || content === undefined) continue;
    const isAround = (stepOptionFields as readonly string[]).includes(field);
    if (!isAround && !fields.includes(field)) throw invalid(`.${field}`, `${name} to take ${fields.join(', ')}`, content);
    if (!isAround) checkField(field, content);
    (isAround ? around : own)[field] = content;
  }
  if (own['learningRate'] === undefined) throw invalid('.learningRate', 'a positive number', undefined);
  // Every field of every variant was checked above.
  return { name, ...own, ...checkStepOptions(around, 'optimizer') } as OptimizerSpec;
}

function checkField(field: string, content: unknown): void {
  if (field === 'useNesterov' || field === 'centered') {
    if (typeof content !== 'boolean') throw invalid(`.${field}`, 'true or false', content);
    return;
  }
  if (typeof content !== 'number' || !Number.isFinite(content)) throw invalid(`.${field}`, 'a finite number', content);
  if ((field === 'learningRate' || field === 'epsilon') && content <= 0) throw invalid(`.${field}`, 'a positive number', content);
  if ((field === 'initialAccumulatorValue' || field === 'weightDecay') && content < 0)
    throw invalid(`.${field}`, 'a number of at least 0', content);
  if (['momentum', 'beta1', 'beta2', 'decay', 'rho'].includes(field) && (content < 0 || content >= 1))
    throw invalid(`.${field}`, 'a number from 0 to below 1', content);
}

function invalid(place: string, expected: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `optimizer${place}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}.`, {
    place: `optimizer${place}`,
  });
}
