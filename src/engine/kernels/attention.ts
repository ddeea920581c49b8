// Scaled dot-product attention on WebGPU (Vaswani et al., "Attention Is All You Need", 2017, section 3.2.1), for each head
//   S = Q Kᵀ / √D,   P = softmax(S) along the keys,   O = P V,   with S[i, j] = −∞ for j > i where it is causal,
// without ever storing S or P (Dao, "FlashAttention-2", 2023). Heads lie side by side in the channels, so that no transpose is needed.
//   forward       an invocation per query row: the softmax is kept up to date while the keys pass by
//   backward, 1   an invocation per query row: log Σ exp S and δ = dO · O of the row, then dQ = Σⱼ dS K / √D, dS = P ∘ (dO Vᵀ − δ)
//   backward, 2   an invocation per key row: dV = Σᵢ P dO and dK = Σᵢ dS Q / √D, with the rows' sums from 1. No atomics: one order of adding.
// Buffers, f32 or f16, as vec4: query, dOutput, output (B, T, H·D); key, value (B, S, H·D); rows (B, H, T, 4) f32: log-sum, δ, 0, 0. Arithmetic
// is f32. Rows of one head are neighbours in a workgroup and read the same key at the same time. D is a multiple of 4, at most 32: a
// row's vectors stay in registers, and with 64 Mesa's CPU driver was still compiling after a minute. Oracles as for gelu.ts, PyTorch and the
// composite on the CPU.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { int32, runProgram } from './gpu-program.ts';
import { runSeveral } from './several-outputs.ts';

/** The shape of one attention. */
export interface AttentionShape {
  readonly batch: number;
  readonly queryLength: number;
  readonly keyLength: number;
  readonly heads: number;
  /** D; the channels are heads · D. */
  readonly headSize: number;
  readonly isCausal: boolean;
}

const largestHeadSize = 32;

/** Whether the kernels take it. */
export function fitsKernel({ headSize, queryLength, keyLength, batch }: AttentionShape): boolean {
  return headSize % 4 === 0 && headSize <= largestHeadSize && batch * queryLength * keyLength > 0;
}

/** O, (B, T, H·D). */
export function attentionKernel(backend: LockstepBackend, [query, key, value]: QueryKeyValue, shape: AttentionShape): Tensor {
  const { batch, queryLength, heads, headSize } = shape;
  return runProgram(
    backend,
    {
      key: `attention_${keyOf(shape)}`,
      inputs: { query: 4, key: 4, value: 4 },
      outputComponents: 4,
      uniforms: { queryLength: int32(queryLength), keyLength: int32(shape.keyLength), count: int32(batch * heads * queryLength) },
      wgsl: forwardWgsl(shape),
      invocationCount: batch * heads * queryLength,
    },
    [query, key, value],
    [batch, queryLength, heads * headSize],
  );
}

type QueryKeyValue = readonly [query: Tensor, key: Tensor, value: Tensor];

/** dQ, dK and dV, of the shapes of Q, K and V. */
export function attentionGradientKernel(
  backend: LockstepBackend,
  [query, key, value]: QueryKeyValue,
  output: Tensor,
  dOutput: Tensor,
  shape: AttentionShape,
): Tensor[] {
  const { batch, queryLength, keyLength, heads, headSize } = shape;
  const uniforms = (rowCount: number) => ({ queryLength, keyLength, count: rowCount });
  const queryCount = batch * heads * queryLength;
  const keyCount = batch * heads * keyLength;
  const channels = heads * headSize;
  const [dQuery, rows] = runSeveral(
    backend,
    {
      key: `attentionGradientQuery_${keyOf(shape)}`,
      inputs: ['query', 'key', 'value', 'output', 'dOutput'],
      outputs: { dQuery: [batch, queryLength, channels], rows: [batch, heads, queryLength, 4] },
      exact: ['rows'],
      uniforms: uniforms(queryCount),
      body: queryGradientWgsl(shape),
      invocationCount: queryCount,
    },
    [query, key, value, output, dOutput],
  );
  if (dQuery === undefined || rows === undefined) return [];
  const gradients = runSeveral(
    backend,
    {
      key: `attentionGradientKey_${keyOf(shape)}`,
      inputs: ['query', 'key', 'value', 'dOutput', 'rows'],
      outputs: { dKey: [batch, keyLength, channels], dValue: [batch, keyLength, channels] },
      uniforms: uniforms(keyCount),
      body: keyGradientWgsl(shape),
      invocationCount: keyCount,
    },
    [query, key, value, dOutput, rows],
  );
  rows.dispose();
  return [dQuery, ...gradients];
}

function keyOf({ heads, headSize, isCausal }: AttentionShape): string {
  return `${heads}_${headSize}_${isCausal}`;
}

/** A line for each of a row's vectors, whose names, `q0`, `q1` …, stay registers, where an array might not. */
function each({ headSize }: AttentionShape, line: (index: number) => string): string {
  return Array.from({ length: headSize / 4 }, (_, index) => line(index)).join('\n');
}

/** Σ of a term for each of a row's vectors. */
function sum({ headSize }: AttentionShape, term: (index: number) => string): string {
  return Array.from({ length: headSize / 4 }, (_, index) => term(index)).join(' + ');
}

/** Where a row of a head begins, in vec4; the row is counted by `index` as (batch, head, position). */
function places({ heads, headSize }: AttentionShape, length: string): string {
  const channels = (heads * headSize) / 4;
  return `let position = index % ${length};
  let head = index / ${length} % ${heads};
  let batch = index / (${length} * ${heads});
  let row = (batch * ${length} + position) * ${channels} + head * ${headSize / 4};
  let queries = batch * uniforms.queryLength * ${channels} + head * ${headSize / 4};
  let keys = batch * uniforms.keyLength * ${channels} + head * ${headSize / 4};`;
}

const smallest = '-3.4e38';

/** How far the keys go for a query at `position`. */
const keyEnd = ({ isCausal }: AttentionShape): string => (isCausal ? 'position + 1' : 'uniforms.keyLength');

function forwardWgsl(shape: AttentionShape): string {
  const channels = (shape.heads * shape.headSize) / 4;
  return `fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  ${places(shape, 'uniforms.queryLength')}
  ${each(shape, (c) => `let q${c} = vec4<f32>(query[row + ${c}]) * ${scaleOf(shape)};\nvar o${c} = vec4<f32>(0.0);`)}
  var most = ${smallest};
  var total = 0.0;
  for (var j = 0; j < ${keyEnd(shape)}; j++) {
    let at = keys + j * ${channels};
    let score = ${sum(shape, (c) => `dot(q${c}, vec4<f32>(key[at + ${c}]))`)};
    let next = max(most, score);
    let shrink = exp(most - next);
    let weight = exp(score - next);
    total = total * shrink + weight;
    ${each(shape, (c) => `o${c} = o${c} * shrink + weight * vec4<f32>(value[at + ${c}]);`)}
    most = next;
  }
  ${each(shape, (c) => `result[row + ${c}] = o${c} / total;`)}
}`;
}

function queryGradientWgsl(shape: AttentionShape): string {
  const channels = (shape.heads * shape.headSize) / 4;
  return `let index = i32(i);
  if (index >= uniforms.count) { return; }
  ${places(shape, 'uniforms.queryLength')}
  ${each(shape, (c) => `let q${c} = query[row + ${c}] * ${scaleOf(shape)};\nlet g${c} = dOutput[row + ${c}];\nvar d${c} = vec4<f32>(0.0);`)}
  let delta = ${sum(shape, (c) => `dot(g${c}, output[row + ${c}])`)};
  var most = ${smallest};
  var total = 0.0;
  for (var j = 0; j < ${keyEnd(shape)}; j++) {
    let at = keys + j * ${channels};
    let score = ${sum(shape, (c) => `dot(q${c}, key[at + ${c}])`)};
    let next = max(most, score);
    total = total * exp(most - next) + exp(score - next);
    most = next;
  }
  let logSum = most + log(total);
  for (var j = 0; j < ${keyEnd(shape)}; j++) {
    let at = keys + j * ${channels};
    ${each(shape, (c) => `let k${c} = key[at + ${c}];`)}
    let score = ${sum(shape, (c) => `dot(q${c}, k${c})`)};
    let dWeight = ${sum(shape, (c) => `dot(g${c}, value[at + ${c}])`)};
    let dScore = exp(score - logSum) * (dWeight - delta);
    ${each(shape, (c) => `d${c} += dScore * k${c};`)}
  }
  ${each(shape, (c) => `dQuery[row + ${c}] = d${c} * ${scaleOf(shape)};`)}
  rows[index] = vec4<f32>(logSum, delta, 0.0, 0.0);`;
}

function keyGradientWgsl(shape: AttentionShape): string {
  const channels = (shape.heads * shape.headSize) / 4;
  return `let index = i32(i);
  if (index >= uniforms.count) { return; }
  ${places(shape, 'uniforms.keyLength')}
  ${each(shape, (c) => `let k${c} = key[row + ${c}] * ${scaleOf(shape)};\nlet v${c} = value[row + ${c}];`)}
  ${each(shape, (c) => `var dk${c} = vec4<f32>(0.0);\nvar dv${c} = vec4<f32>(0.0);`)}
  let statistics = (batch * ${shape.heads} + head) * uniforms.queryLength;
  for (var t = ${shape.isCausal ? 'position' : '0'}; t < uniforms.queryLength; t++) {
    let at = queries + t * ${channels};
    ${each(shape, (c) => `let q${c} = query[at + ${c}];\nlet g${c} = dOutput[at + ${c}];`)}
    let known = rows[statistics + t];
    let weight = exp(${sum(shape, (c) => `dot(q${c}, k${c})`)} - known.x);
    let dWeight = ${sum(shape, (c) => `dot(g${c}, v${c})`)};
    let dScore = weight * (dWeight - known.y);
    ${each(shape, (c) => `dv${c} += weight * g${c};\ndk${c} += dScore * q${c};`)}
  }
  ${each(shape, (c) => `dKey[row + ${c}] = dk${c} * ${scaleOf(shape)};\ndValue[row + ${c}] = dv${c};`)}`;
}

/** 1 / √D as a WGSL literal. */
function scaleOf({ headSize }: AttentionShape): string {
  return (1 / Math.sqrt(headSize)).toPrecision(9);
}
