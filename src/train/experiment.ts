// The declarative form of a program: what to train, on what, for how long, in which lanes. `experiment()` checks everything that
// can be checked before anything starts, and throws where it is called, so that the error points at the user's own line.

import { PlaygroundError } from '../core/errors.ts';
import { parseSeed } from '../core/prng.ts';
import type { Dataset } from '../data/dataset.ts';
import type { tf } from '../engine/tf.ts';
import type { Show } from './context.ts';
import { parseCpuPreset } from './cpu-preset.ts';
import type { CpuPreset } from './cpu-preset.ts';
import { parseLanes } from './lane.ts';
import type { Lane, LaneSpec } from './lane.ts';
import { lossNames } from './loss.ts';
import type { LossFunction, LossName } from './loss.ts';
import type { MetricTarget } from './program-module.ts';
import { checkBatchDivides, checkCount } from './run-limits.ts';
import { lastBatches } from './sampler.ts';
import type { LastBatch } from './sampler.ts';
import { parseOptimizerSpec } from '../engine/optim/optimizer-spec.ts';
import type { OptimizerSpec } from '../engine/optim/optimizer-spec.ts';

/** What a user writes. */
export interface ExperimentSpec {
  readonly title: string;
  /** Drives initialisers, shuffling, sharding and `Math.random`. A whole number from 0; 0 where absent. */
  readonly seed?: number;
  /** Called once per rank. Tensors stay on the host until a batch of them is needed. */
  readonly data: () => Dataset | Promise<Dataset>;
  /** Called once per rank, with the same random numbers on each. */
  readonly model: () => tf.LayersModel | Promise<tf.LayersModel>;
  /** A name, or a function of predictions and labels that returns a scalar, the mean over the batch. */
  readonly loss: LossName | LossFunction;
  readonly optimizer: OptimizerSpec | (() => tf.Optimizer);
  /** Samples per step over all ranks; every lane's number of ranks must divide it. */
  readonly globalBatch: number;
  /** What becomes of an epoch's last batch where the samples do not fill it: `'wrap'` (where absent), `'short'` or `'drop'`. */
  readonly lastBatch?: LastBatch;
  /** Optimizer updates. */
  readonly steps: number;
  /** Steps between evaluations on the test set; once at the end where absent. */
  readonly evalEvery?: number;
  readonly metrics?: readonly 'accuracy'[];
  /** Looks at the model after every evaluation, such as to let it write; numbers that it returns are evaluated with the rest. */
  readonly afterEval?: AfterEval;
  /** The results say when this was first reached; `testAccuracy` 0.95 where accuracy is measured. */
  readonly target?: MetricTarget;
  readonly lanes: readonly (LaneSpec | string)[];
  /** Smaller numbers for machines where training runs on the CPU. */
  readonly onCpu?: CpuPreset;
}

/** The model as it is after a step. */
export interface EvalView {
  readonly model: tf.LayersModel;
  readonly step: number;
  readonly isLast: boolean;
  readonly show: Show;
}

/**
 * Called on rank 0, between steps: what it takes is not counted as training. `Math.random` follows the seed and the step in it, and no number
 * drawn is missed by the training. Tensors that it makes are its own to dispose of.
 */
export type AfterEval = (view: EvalView) => AfterEvalResult | Promise<AfterEvalResult>;
type AfterEvalResult = Readonly<Record<string, number>> | undefined;

/** A checked experiment. */
export interface Experiment {
  readonly kind: 'experiment';
  readonly title: string;
  readonly seed: number;
  readonly data: ExperimentSpec['data'];
  readonly model: ExperimentSpec['model'];
  readonly loss: ExperimentSpec['loss'];
  readonly optimizer: ExperimentSpec['optimizer'];
  readonly globalBatch: number;
  readonly lastBatch: LastBatch;
  readonly steps: number;
  readonly evalEvery: number;
  readonly metrics: readonly 'accuracy'[];
  readonly afterEval: AfterEval | null;
  readonly target: MetricTarget | null;
  readonly lanes: readonly Lane[];
  readonly onCpu: CpuPreset | null;
}

const fieldNames = [
  'title',
  'seed',
  'data',
  'model',
  'loss',
  'optimizer',
  'globalBatch',
  'lastBatch',
  'steps',
  'evalEvery',
  'metrics',
  'afterEval',
  'target',
  'lanes',
  'onCpu',
] as const;

/** Declares an experiment; the default export of a program. Throws `config-invalid`, naming the field. */
export function experiment(spec: ExperimentSpec): Experiment {
  const fields = checkFieldNames(spec);
  const steps = checkCount(fields['steps'], 'steps');
  const lanes = parseLanes(fields['lanes']);
  const globalBatch = checkCount(fields['globalBatch'], 'globalBatch');
  checkBatchDivides(globalBatch, lanes);
  const metrics = checkMetrics(fields['metrics']);
  return {
    kind: 'experiment',
    title: checkTitle(fields['title']),
    seed: parseSeed(fields['seed'] ?? 0),
    data: checkFunction(
      fields['data'],
      'data',
      'a function that returns { train, test }, such as () => datasets.mnist()',
    ) as ExperimentSpec['data'],
    model: checkFunction(
      fields['model'],
      'model',
      'a function that returns a tf.LayersModel, such as () => tf.sequential({ layers: […] })',
    ) as ExperimentSpec['model'],
    loss: checkLoss(fields['loss']),
    optimizer:
      typeof fields['optimizer'] === 'function' ? (fields['optimizer'] as () => tf.Optimizer) : parseOptimizerSpec(fields['optimizer']),
    globalBatch,
    lastBatch: checkLastBatch(fields['lastBatch']),
    steps,
    evalEvery: fields['evalEvery'] === undefined ? steps : checkCount(fields['evalEvery'], 'evalEvery'),
    metrics,
    afterEval: fields['afterEval'] === undefined ? null : (checkFunction(fields['afterEval'], 'afterEval', 'a function') as AfterEval),
    target: checkTarget(fields['target'], metrics),
    lanes,
    onCpu: parseCpuPreset(fields['onCpu'], lanes),
  };
}

/** Checks a title. */
export function checkTitle(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw invalid('title', `expected a text, got ${show(value)}.`);
  return value;
}

function checkFieldNames(spec: unknown): Readonly<Record<string, unknown>> {
  if (typeof spec !== 'object' || spec === null) throw invalid('experiment', `expected an object, got ${show(spec)}.`);
  const unknownField = Object.keys(spec).find((key) => !(fieldNames as readonly string[]).includes(key));
  if (unknownField !== undefined) throw invalid(unknownField, `unknown field; an experiment takes ${fieldNames.join(', ')}.`);
  return spec as Readonly<Record<string, unknown>>;
}

function checkFunction(value: unknown, place: string, expectation: string): unknown {
  if (typeof value !== 'function') throw invalid(place, `expected ${expectation}, got ${show(value)}.`);
  return value;
}

function checkLoss(value: unknown): LossName | LossFunction {
  if (typeof value === 'function') return value as LossFunction;
  if (typeof value === 'string' && (lossNames as readonly string[]).includes(value)) return value as LossName;
  throw invalid('loss', `expected one of ${lossNames.join(', ')}, or a function (pred, y) => tf.Scalar, got ${show(value)}.`);
}

function checkMetrics(value: unknown): readonly 'accuracy'[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((name) => name !== 'accuracy'))
    throw invalid('metrics', `expected ['accuracy'] or nothing, got ${show(value)}.`);
  return value as readonly 'accuracy'[];
}

function checkLastBatch(value: unknown): LastBatch {
  const found = lastBatches.find((name) => name === (value ?? 'wrap'));
  if (found === undefined) throw invalid('lastBatch', `expected one of ${lastBatches.join(', ')}, got ${show(value)}.`);
  return found;
}

function checkTarget(value: unknown, metrics: readonly string[]): MetricTarget | null {
  if (value === undefined) return metrics.includes('accuracy') ? { metric: 'testAccuracy', value: 0.95 } : null;
  const { metric, value: goal } = (value ?? {}) as Partial<MetricTarget>;
  if (typeof metric !== 'string' || typeof goal !== 'number' || !Number.isFinite(goal)) {
    throw invalid('target', `expected { metric: 'testAccuracy', value: 0.95 }, got ${show(value)}.`);
  }
  return { metric, value: goal };
}

function show(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
}

function invalid(place: string, rest: string): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: ${rest}`, { place });
}
