// One optimizer step, forward and backward left out: tfjs's Adam op by op beside ours in place, on the six weights of an MLP
// (784-256-128-10), in one worker, in turns. tfjs's own class is replaced in the worker, so its ops are written out here as tfjs-core 4.22.0 has
// them (optimizers/adam_optimizer.ts). A turn is ten steps and a wait for the device; what is told is milliseconds per step, and how many
// programs the device ran for one.

import { openBenchBrowser, untilWarm } from './bench-page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport } from './measurement.ts';

const stepsPerTurn = 10;
const names = { ops: "tfjs's ops", ours: 'in place' } as const;

/** Runs it. */
export async function bench({ repeats, adapter, say }: BenchOptions): Promise<BenchReport> {
  const bed = await openBenchBrowser(adapter, say);
  try {
    const page = await bed.openPage({ panels: 'off' });
    await untilWarm(page);
    const series = await page.evaluate(runProgram, programOf(repeats));
    const column = (name: string) => series.map((row) => row[name] ?? Number.NaN);
    const measurements = [
      measurement(names.ops, 'ms', column('opsMs')),
      measurement(names.ours, 'ms', column('oursMs'), { yardstick: names.ops }),
    ];
    const notes = [
      `Programs per step: ${column('opsDispatches')[0]} with tfjs's ops, ${column('oursDispatches')[0]} in place.`,
      `Largest difference between the weights of both after ${(repeats + 1) * stepsPerTurn} steps: ${column('difference').at(-1)?.toExponential(1)}.`,
    ];
    return reportOf({ benchmark: 'optimizer', adapter, browser: `Chromium ${bed.browser.version()}`, repeats }, measurements, notes);
  } finally {
    await bed.close();
  }
}

const programOf = (repeats: number): string => `
import * as tf from '@tensorflow/tfjs';
import { program } from 'lockstep';

const shapes = [[784, 256], [256], [256, 128], [128], [128, 10], [10]];
const [rate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-7];

class OpsAdam {
  slots = [];
  powers = [tf.variable(tf.scalar(beta1)), tf.variable(tf.scalar(beta2))];
  applyGradients(gradients) {
    tf.tidy(() => {
      const [rest1, rest2] = this.powers.map((power) => tf.sub(1, power));
      Object.entries(gradients).forEach(([name, gradient], index) => {
        const weight = tf.engine().registeredVariables[name];
        const [m, v] = (this.slots[index] ??= [0, 1].map(() => tf.variable(tf.zerosLike(weight), false)));
        const newM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
        const newV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const [hatM, hatV] = [tf.div(newM, rest1), tf.div(newV, rest2)];
        m.assign(newM);
        v.assign(newV);
        weight.assign(tf.add(tf.mul(tf.div(hatM, tf.add(tf.sqrt(hatV), epsilon)), -rate), weight));
      });
      [beta1, beta2].forEach((beta, index) => this.powers[index].assign(tf.mul(this.powers[index], beta)));
    });
  }
}

export default program({ title: 'Optimizer', lanes: ['1xfp32'] }, async (ctx) => {
  const backend = tf.backend();
  let dispatches = 0;
  for (const method of ['runWebGPUProgram', 'dispatch']) {
    const run = backend[method].bind(backend);
    backend[method] = (...args) => (dispatches++, run(...args));
  }
  const side = (optimizer) => ({ optimizer, weights: shapes.map((shape, index) => tf.variable(tf.randomUniform(shape, -0.1, 0.1, 'float32', index + 1))) });
  const sides = { ops: side(new OpsAdam()), ours: side(ctx.optim({ name: 'adam', learningRate: rate, epsilon })) };
  const gradients = shapes.map((shape, index) => tf.randomUniform(shape, -1, 1, 'float32', index + 10));
  const turn = async ({ optimizer, weights }) => {
    const named = Object.fromEntries(weights.map((weight, index) => [weight.name, gradients[index]]));
    const from = performance.now();
    dispatches = 0;
    for (let step = 0; step < ${stepsPerTurn}; step++) optimizer.applyGradients(named);
    const count = dispatches / ${stepsPerTurn};
    await weights[5].data(); // all that was recorded before it is done then
    return [(performance.now() - from) / ${stepsPerTurn}, count];
  };
  for (const name of ['ops', 'ours']) await turn(sides[name]);
  for (let repeat = 0; repeat < ${repeats}; repeat++) {
    await ctx.step(async () => {
      const order = repeat % 2 === 0 ? ['ops', 'ours'] : ['ours', 'ops'];
      const logged = { loss: 0 };
      for (const name of order) {
        const [ms, count] = await turn(sides[name]);
        logged[name + 'Ms'] = ms;
        logged[name + 'Dispatches'] = count;
      }
      const apart = tf.tidy(() => tf.max(tf.stack(sides.ops.weights.map((weight, index) => tf.max(tf.abs(tf.sub(weight, sides.ours.weights[index])))))));
      ctx.log({ ...logged, difference: apart });
    });
  }
});
`;

/** In the page: one run, and what rank 0 logged, step by step. */
async function runProgram(source: string) {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
  const { results } = await api.run({ source, fileName: 'optimizer.ts', lanes: '1xfp32', schedule: 'turns' });
  const [lane] = results?.lanes ?? [];
  if (lane?.error !== null) throw new Error(`bench: expected a finished lane, got ${lane?.error.message ?? 'none'}.`);
  return lane.series;
}
