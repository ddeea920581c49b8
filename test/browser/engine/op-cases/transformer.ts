import type { tf } from '../../../../src/engine/tf.ts';
import { attention } from '../../../../src/engine/ops/attention.ts';
import { gelu, geluForms } from '../../../../src/engine/ops/gelu.ts';
import { layerNorm } from '../../../../src/engine/ops/layer-norm.ts';
import { uniform, type CaseInput, type OpCase } from './op-case.ts';

const attentionForms = [
  { name: 'two heads of 8, causal', batch: 2, queries: 9, keys: 9, heads: 2, headSize: 8, causal: true },
  { name: 'one head of 4, more keys than queries', batch: 1, queries: 5, keys: 70, heads: 1, headSize: 4, causal: false },
  // Heads of 32, the largest, take llvmpipe 14 s to compile, in each of three storages.
  { name: 'a head of 16, causal', batch: 1, queries: 6, keys: 6, heads: 1, headSize: 16, causal: true },
  { name: 'a head size that no kernel takes', batch: 2, queries: 6, keys: 6, heads: 2, headSize: 3, causal: true },
] as const;

/** What a transformer is made of, beside dense layers. On the CPU these are composed of tfjs's ops. */
export const transformerCases: readonly OpCase[] = [
  ...geluForms.flatMap((form) => [
    { name: `gelu, ${form}`, inputs: [uniform([8, 20], 1, 4)], run: (x: tf.Tensor) => gelu(x, form) },
    { name: `gelu, ${form}, of an odd number of values`, inputs: [uniform([7, 11], 1, 4)], run: (x: tf.Tensor) => gelu(x, form) },
  ]),
  ...attentionForms.map(({ name, batch, queries, keys, heads, headSize, causal }) => ({
    name: `attention, ${name}`,
    inputs: [
      uniform([batch, queries, heads * headSize], 1, 2),
      uniform([batch, keys, heads * headSize], 2, 2),
      uniform([batch, keys, heads * headSize], 3),
    ],
    run: (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => attention(q, k, v, { heads, causal }),
  })),
  {
    name: 'layerNorm of 35 rows around a mean of 3',
    inputs: [shifted(uniform([5, 7, 44]), 3), uniform([44], 2), uniform([44], 3)],
    run: (x, gamma, beta) => layerNorm(x, gamma, beta),
  },
  {
    name: 'layerNorm of a width that no kernel takes',
    inputs: [uniform([5, 6]), uniform([6], 2), uniform([6], 3)],
    run: (x, gamma, beta) => layerNorm(x, gamma, beta, 1e-3),
  },
];

function shifted({ shape, values }: CaseInput, by: number): CaseInput {
  return { shape, values: values.map((value) => value + by) };
}
