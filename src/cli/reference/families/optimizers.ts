// Weights after each step of an optimizer with given gradients. Cases carry some hyper-parameters as fields of their input and some only
// in the words of their source ("Adam lr .01 eps 1e-7"); what neither says is torch's default, and 0.1 for the learning rate.

import { createOptimizer } from '../../../engine/optim/create-optimizer.ts';
import type { OptimizerSpec } from '../../../engine/optim/optimizer-spec.ts';
import { checkStepOptions, type StepOptions } from '../../../engine/optim/step-options.ts';
import { tf } from '../../../engine/tf.ts';
import { cpuEngine } from '../cpu-engine.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { numberOf, numbersOf, rowsOf } from '../input-fields.ts';
import type { ReferenceCase } from '../reference-case.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('opt/') && (('w0' in input && 'grads' in input) || ('w' in input && 'g' in input)),
  async compute(given) {
    const { input } = given;
    await cpuEngine();
    const optimizer = createOptimizer(optimizerSpec(given));
    if ('w' in input) return { w: weightsAfterEach(optimizer, numbersOf(input, 'w'), [numbersOf(input, 'g')])[0] };
    return { w_after_each_step: weightsAfterEach(optimizer, numbersOf(input, 'w0'), rowsOf(input, 'grads')) };
  },
};

function weightsAfterEach(optimizer: tf.Optimizer, start: readonly number[], gradients: readonly (readonly number[])[]): number[][] {
  const weights = tf.variable(tf.tensor1d([...start]));
  return gradients.map((gradient) => {
    tf.tidy(() => optimizer.applyGradients({ [weights.name]: tf.tensor1d([...gradient]) }));
    return weights.arraySync();
  });
}

function optimizerSpec({ id, source, input }: ReferenceCase): OptimizerSpec {
  const words = `${id.slice(id.indexOf('/') + 1)} ${source}`.toLowerCase();
  const parameter = (field: string, inWords: RegExp, fallback: number): number => {
    return numberOf(input, field, Number(inWords.exec(words)?.[1] ?? fallback));
  };
  const learningRate = parameter('lr', /\blr ?=? ?([\d.e-]+)/, 0.1);
  const epsilon = (fallback: number): number => parameter('eps', /\beps(?:ilon)? ?=? ?([\d.e-]+)/, fallback);
  const around = stepOptions(input);
  if (/nadam|radam|amsgrad/.test(words)) throw new UnsupportedCase(`no optimizer here is that of ${id}.`);
  if (words.includes('adadelta'))
    return { name: 'adadelta', learningRate, rho: numberOf(input, 'rho', 0.9), epsilon: epsilon(1e-6), ...around };
  if (words.includes('adam')) {
    const [beta1, beta2] = [parameter('beta1', /\bbeta1 ?=? ?([\d.]+)/, 0.9), parameter('beta2', /\bbeta2 ?=? ?([\d.]+)/, 0.999)];
    const fields = { learningRate, beta1, beta2, epsilon: epsilon(1e-8), ...around };
    if (words.includes('adamax')) return { name: 'adamax', ...fields };
    return words.includes('adamw')
      ? { name: 'adamW', ...fields, weightDecay: parameter('weight_decay', /\b(?:wd|weight[ _]decay) ?=? ?([\d.e-]+)/, 0.01) }
      : { name: 'adam', ...fields };
  }
  if (words.includes('adagrad')) {
    return {
      name: 'adagrad',
      learningRate,
      initialAccumulatorValue: parameter('initial_accumulator_value', /\binit\w* ?=? ?([\d.]+)/, 0.1),
      ...around,
    };
  }
  const momentum = parameter('momentum', /\bmom(?:entum)? ?=? ?([\d.]+)/, 0);
  if (words.includes('rmsprop')) {
    return {
      name: 'rmsprop',
      learningRate,
      decay: parameter('alpha', /\b(?:alpha|decay|rho) ?=? ?([\d.]+)/, 0.99),
      momentum,
      epsilon: epsilon(1e-8),
      centered: input['centered'] === true || words.includes('centered'),
      ...around,
    };
  }
  if (!/sgd|momentum|nesterov/.test(words)) throw new UnsupportedCase(`no optimizer here is that of ${id}.`);
  if (momentum === 0) return { name: 'sgd', learningRate, ...around };
  return { name: 'momentum', learningRate, momentum, useNesterov: input['nesterov'] === true || words.includes('nesterov'), ...around };
}

/** Clipping and schedule, where the input has them. */
function stepOptions(input: ReferenceCase['input']): StepOptions {
  const fieldOf = {
    clipNorm: 'clip_norm',
    clipValue: 'clip_value',
    schedule: 'schedule',
    warmupSteps: 'warmup_steps',
    decaySteps: 'decay_steps',
    decayRate: 'decay_rate',
  } as const;
  const given = Object.entries(fieldOf).map(([name, field]) => [name, input[field]] as const);
  return checkStepOptions(Object.fromEntries(given), 'input');
}
