// The transformer's ops as composed of tfjs's on the CPU against PyTorch in float64 (test/reference/transformer.py). The same compositions are
// what the WebGPU kernels are compared with (test/browser/engine/ops-transformer.test.ts).

import { beforeAll, describe, expect, it } from 'vitest';
import { attention } from '../../../src/engine/ops/attention.ts';
import { gelu, type GeluForm } from '../../../src/engine/ops/gelu.ts';
import { layerNorm } from '../../../src/engine/ops/layer-norm.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import cases from '../../reference/transformer.json' with { type: 'json' };

interface Given {
  readonly op: string;
  readonly form?: GeluForm;
  readonly epsilon?: number;
  readonly heads?: number;
  readonly causal?: boolean;
  readonly ids?: number[][];
  readonly dy: Nested;
}
type Nested = number[] | number[][] | number[][][];

const ops: Readonly<Record<string, (given: Given, ...tensors: tf.Tensor[]) => tf.Tensor>> = {
  gelu: ({ form }, x = none) => gelu(x, form),
  layerNorm: ({ epsilon }, x = none, gamma = none, beta = none) => layerNorm(x, gamma, beta, epsilon),
  attention: ({ heads = 1, causal = false }, q = none, k = none, v = none) => attention(q, k, v, { heads, causal }),
  embedding: ({ ids = [] }, table = none) => tf.gather(table, tf.tensor(ids, undefined, 'int32')),
};
const none = undefined as unknown as tf.Tensor; // the cases give every tensor that an op takes

describe('against PyTorch in float64', () => {
  beforeAll(async () => {
    await startEngine({ backend: 'cpu' });
  });

  it.each(cases.map((given) => [given.id, given] as const))('%s has its values and gradients', (_, { input, expected, tol }) => {
    const given = input as unknown as Given & Readonly<Record<string, Nested>>; // as transformer.py writes it
    const { y, ...gradients } = expected as unknown as Readonly<Record<string, Nested>>;
    const names = Object.keys(gradients).map((name) => name.slice(2));
    const tensors = names.map((name) => tf.tensor(given[name] ?? []));
    const op = ops[given.op];
    if (op === undefined) throw new Error(`no op for ${given.op}`);
    const run = (...inputs: tf.Tensor[]) => op(given, ...inputs);
    const found = [run(...tensors), ...tf.grads(run)(tensors, tf.tensor(given.dy))];
    const wanted = [y, ...Object.values(gradients)].map((values) => tf.tensor(values ?? []));
    found.forEach((tensor, index) => {
      expect(tensor.shape).toEqual(wanted[index]?.shape);
      const error = tf.max(tf.abs(tf.sub(tensor, wanted[index] ?? none))).dataSync()[0];
      expect(error).toBeLessThan(tol);
    });
  });
});
