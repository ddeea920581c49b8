// jax-js as its own examples use it, with the whole step in one `jit`: loss and gradient, Adam with bias correction, new parameters. Same initial weights and same
// batches as stock tfjs.

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import type { ModelName } from '../model-names.ts';
import { programOf } from '../models.ts';
import { adapterText } from './adapter-text.ts';
import { batchesOf } from './batches.ts';
import { jaxModels, type JaxModel, type Params } from './jax-models.ts';
import type { Side, StartingPoint, Trainee } from './side.ts';

const beta1 = 0.9;
const beta2 = 0.999;

/** What a step passes on to the next: parameters, both moments, and [beta1^t, beta2^t]. */
type State = [params: Params, m: Params, v: Params, powers: JaxArray];

/** Starts jax-js on WebGPU. Throws where it has none. */
export async function openSide(): Promise<Side> {
  const started = await init('webgpu');
  if (!started.includes('webgpu')) throw new Error('jax-js: expected it to start WebGPU, got a refusal.');
  defaultDevice('webgpu');
  return {
    adapter: await adapterText(),
    async prepare(model, start) {
      if (start === null) throw new Error('jax-js: expected a starting point, got none.');
      return { trainee: await traineeOf(model, start), start: null };
    },
    productMs,
  };
}

async function traineeOf(model: ModelName, start: StartingPoint): Promise<Trainee> {
  const { optimizer } = await programOf(model);
  if (typeof optimizer === 'function' || optimizer.name !== 'adam') throw new Error(`bench: expected ${model} to name adam.`);
  const { learningRate, epsilon = 1e-7 } = optimizer;
  const net = jaxModels[model];
  const step = jit(createStep(net, learningRate, epsilon));
  const nextBatch = batchesOf(start);
  const params = net.init(start.weights);
  const zeros = () => params.map(({ shape }) => np.zeros(shape));
  let state: State = [params, zeros(), zeros(), np.array([1, 1])];
  const isTokens = model === 'transformer';
  const advance = (): JaxArray => {
    const batch = nextBatch();
    const x = np.array(isTokens ? Int32Array.from(batch.x) : batch.x).reshape([start.batch, ...start.xRowShape]);
    const y = np.array(batch.y).reshape([start.batch, ...start.yRowShape]);
    const [loss, ...next] = step(state, x, y);
    state = next;
    return loss;
  };
  /** A step that has run: jax-js submits nothing before somebody waits, and its own examples wait for the parameters of every step. */
  const settled = async (): Promise<JaxArray> => {
    const loss = advance();
    await blockUntilReady(state[0]);
    return loss;
  };
  return {
    async train(stepCount) {
      let last = await settled();
      for (let left = stepCount; left > 1; left--) {
        last.dispose();
        last = await settled();
      }
      const [loss = Number.NaN] = Array.from(await last.data());
      return loss;
    },
    execution: () => 'jit of the whole step',
    dispose() {
      tree.dispose(state);
      return Promise.resolve();
    },
  };
}

/** The step as a function of state and batch, all of which it takes over. */
function createStep(net: JaxModel, learningRate: number, epsilon: number) {
  /** Mean cross-entropy of logits (…, C) and one-hot labels (…, C). */
  const lossOf = (params: Params, x: JaxArray, y: JaxArray): JaxArray => {
    const count = y.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    return nn
      .logSoftmax(net.logits(params, x))
      .mul(y)
      .sum()
      .mul(-1 / count);
  };
  return ([params, m, v, powers]: State, x: JaxArray, y: JaxArray): [JaxArray, ...State] => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(params), x, y);
    const nextPowers = powers.mul(np.array([beta1, beta2]));
    const correction1 = np.subtract(1, nextPowers.ref.slice(0));
    const correction2 = np.subtract(1, nextPowers.ref.slice(1));
    const nextM = gradients.map((gradient, at) =>
      of(m, at)
        .mul(beta1)
        .add(gradient.ref.mul(1 - beta1)),
    );
    const nextV = gradients.map((gradient, at) =>
      of(v, at)
        .mul(beta2)
        .add(np.square(gradient).mul(1 - beta2)),
    );
    const nextParams = params.map((param, at) => {
      const mean = of(nextM, at).ref.div(correction1.ref);
      const deviation = np.sqrt(of(nextV, at).ref.div(correction2.ref));
      return param.sub(mean.mul(learningRate).div(deviation.add(epsilon)));
    });
    correction1.dispose();
    correction2.dispose();
    return [loss, nextParams, nextM, nextV, nextPowers];
  };
}

async function productMs(size: number, count: number): Promise<number> {
  const filled = () => np.array(Float32Array.from({ length: size * size }, (_, at) => Math.sin(at))).reshape([size, size]);
  const [a, b] = [filled(), filled()];
  const run = async (times: number): Promise<number> => {
    const startedAt = performance.now();
    let product = np.matmul(a.ref, b.ref);
    for (let left = times; left > 1; left--) {
      await blockUntilReady(product);
      product.dispose();
      product = np.matmul(a.ref, b.ref);
    }
    await blockUntilReady(product);
    product.dispose();
    return (performance.now() - startedAt) / times;
  };
  await run(1);
  const ms = await run(count);
  tree.dispose([a, b]);
  return ms;
}

function of(arrays: Params, at: number): JaxArray {
  const found = arrays[at];
  if (found === undefined) throw new Error(`jax-js: expected an array ${at}, got ${arrays.length}.`);
  return found;
}
