// DistributedDataParallel on a linear model, as a program writes it: each rank takes DistributedSampler's shard, differentiates the mean loss
// over it, averages the gradients with `ctx.dist.allReduce` and applies them with `ctx.optim`. torch's layout: X is [rows, in], W is
// [out, in], y = X·Wᵀ + b. Where the case names no world size, every one of 1, 2 and 4 that gives equal shards must agree.

import { tf } from '../../../engine/tf.ts';
import type { OptimizerSpec } from '../../../engine/optim/optimizer-spec.ts';
import type { ProgramContext } from '../../../train/context.ts';
import { program } from '../../../train/program.ts';
import { distributedIndices } from '../../../train/sampler.ts';
import { Runs, UnsupportedCase, type CaseFamily } from '../family.ts';
import { countOf, numberOf, numbersOf, rowsOf, textOf } from '../input-fields.ts';
import type { Fields } from '../reference-case.ts';
import { runRanks } from '../run-ranks.ts';

type Rows = readonly (readonly number[])[];

const usualWorldSizes = [1, 2, 4];

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('ddp/') && ['X', 'Y', 'W', 'steps'].every((name) => name in input),
  async compute({ input }) {
    if (/shuffle\s*=\s*true/.test(textOf(input, 'shards'))) throw new UnsupportedCase("torch's own random order is not reproduced.");
    const rowCount = rowsOf(input, 'X').length;
    const worldSizes = 'world' in input ? [countOf(input, 'world', 1)] : usualWorldSizes.filter((size) => rowCount % size === 0);
    const runs = new Map<string, Fields>();
    for (const worldSize of worldSizes) {
      for (const [rank, got] of (await train(input, worldSize)).entries()) runs.set(`rank ${rank} of ${worldSize}`, got);
    }
    return new Runs(runs);
  },
};

/** What every rank ends with. */
async function train(input: Fields, worldSize: number): Promise<readonly Fields[]> {
  const results: Fields[] = [];
  const main = async (context: ProgramContext): Promise<void> => {
    results[context.rank] = await trainRank(input, context);
  };
  await runRanks(program({ lanes: [{ worldSize, precision: 'fp32' }] }, main));
  return results;
}

async function trainRank(input: Fields, context: ProgramContext): Promise<Fields> {
  const { rank, worldSize, dist } = context;
  const [allX, allY] = [rowsOf(input, 'X'), rowsOf(input, 'Y')];
  const order = Array.from(allX.keys());
  const rows = distributedIndices(order, { rank, worldSize, dropLast: input['drop_last'] === true });
  const pick = (from: Rows): number[][] => rows.map((row) => [...(from[row] ?? [])]);
  const [x, y] = [tf.tensor2d(pick(allX)), tf.tensor2d(pick(allY))];
  const isOneOutput = Array.isArray(input['W']) && typeof input['W'][0] === 'number'; // its only row, without the list around it
  const weight = tf.variable(tf.tensor2d((isOneOutput ? [numbersOf(input, 'W')] : rowsOf(input, 'W')).map((row) => [...row])));
  const bias = tf.variable(tf.tensor1d('b' in input ? rowsOf(input, 'b').flat() : [0]));
  const trained = 'b' in input ? [weight, bias] : [weight];
  const lossOf = lossFunction(textOf(input, 'loss'));
  const optimizer = context.optim(optimizerSpec(input));

  const losses: number[] = [];
  let firstGradients: Fields = {};
  const steps = countOf(input, 'steps', 1);
  for (let step = 0; step < steps; step++) {
    await context.step(async () => {
      const predict = (): tf.Tensor2D => tf.add(tf.matMul(x, weight, false, true), bias); // [rows, out]
      const { value, grads } = tf.variableGrads(() => lossOf(predict(), y), trained);
      const mean = await dist.allReduce({ ...grads, loss: value }, 'mean');
      const { loss, ...gradients }: Readonly<Record<string, tf.Tensor>> & { readonly loss: tf.Tensor } = mean;
      losses.push((await loss.data())[0] ?? Number.NaN);
      if (step === 0) firstGradients = { grad0_W: gradients[weight.name]?.arraySync(), grad0_b: gradients[bias.name]?.arraySync() };
      optimizer.applyGradients(gradients);
    });
  }
  return {
    ...firstGradients,
    [`W_after${steps}`]: weight.arraySync(),
    [`b_after${steps}`]: bias.arraySync(),
    loss0: losses[0],
    losses,
  };
}

/** The mean over a shard, by what the case calls it. */
function lossFunction(name: string): (predicted: tf.Tensor2D, target: tf.Tensor2D) => tf.Scalar {
  if (name === '' || /mean squared|mse/.test(name)) return (predicted, target) => tf.mean(tf.squaredDifference(predicted, target));
  if (/mean absolute|l1|mae/.test(name)) return (predicted, target) => tf.mean(tf.abs(tf.sub(predicted, target)));
  if (/binary cross|bce|logistic/.test(name)) return (logits, target) => tf.losses.sigmoidCrossEntropy(target, logits);
  throw new UnsupportedCase(`no loss of a linear model is known here as "${name}".`);
}

/** torch's defaults where the case is silent. */
function optimizerSpec(input: Fields): OptimizerSpec {
  const name = textOf(input, 'optimizer');
  const learningRate = numberOf(input, 'lr');
  const momentum = numberOf(input, 'momentum', 0);
  if ((name === '' || name === 'sgd') && momentum === 0) return { name: 'sgd', learningRate };
  if (name === '' || name === 'sgd' || name === 'momentum') {
    return { name: 'momentum', learningRate, momentum, useNesterov: input['nesterov'] === true };
  }
  if (name === 'adam') return { name, learningRate, epsilon: numberOf(input, 'eps', 1e-8) };
  throw new UnsupportedCase(`no optimizer is known here as "${name}".`);
}
