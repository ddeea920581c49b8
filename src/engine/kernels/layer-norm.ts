// Layer normalisation over the last axis on WebGPU (Ba, Kiros and Hinton, "Layer Normalization", 2016):
//   y = (x − mean) / √(variance + ε) · γ + β,   dx = (g − Σ g / C − x̂ · Σ g x̂ / C) / √(variance + ε) with g = dy · γ,
//   dγ = Σ over rows of dy · x̂,   dβ = Σ over rows of dy.
// The variance is taken around the mean, in a second pass over the row: E[x²] − mean² loses all digits where the mean is large. Buffers: x, dy
// (R, C) f32 or f16, γ, β (C), as vec4. Rows: eight invocations share a row and add up through workgroup memory. Columns: rows are cut
// into about √R chunks of √R, an invocation per chunk and four columns, then one per four columns: two dispatches, one order of adding.
// C is a multiple of 4. Oracles as for gelu.ts.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { kernelWorkgroupSize } from '../backend/raw-kernel.ts';
import { float32, int32, runProgram } from './gpu-program.ts';
import { runSeveral } from './several-outputs.ts';

/** Invocations that share a row. */
const lanes = 8;

/** `y` of the shape of `x`; its last axis is a multiple of four. */
export function layerNormKernel(backend: LockstepBackend, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const rowCount = x.size / gamma.size;
  return runProgram(
    backend,
    {
      key: 'layerNorm',
      inputs: { x: 4, gamma: 4, beta: 4 },
      outputComponents: 4,
      uniforms: { rowCount: int32(rowCount), width: int32(gamma.size / 4), epsilon: float32(epsilon) },
      wgsl: `${rowSumFunction}
fn main(index : i32) {
  ${rowStatistics('index', 'vec4<f32>(x[at])', 'uniforms.epsilon')}
  if (!isRow) { return; }
  for (var c = lane; c < width; c += ${lanes}) {
    let at = row * width + c;
    result[at] = (vec4<f32>(x[at]) - mean) * inverse * vec4<f32>(gamma[c]) + vec4<f32>(beta[c]);
  }
}`,
      invocationCount: rowCount * lanes,
    },
    [x, gamma, beta],
    x.shape,
  );
}

/** dx of the shape of `x`, dγ and dβ of the shape of γ. */
export function layerNormGradientKernel(backend: LockstepBackend, x: Tensor, gamma: Tensor, dy: Tensor, epsilon: number): Tensor[] {
  const rowCount = x.size / gamma.size;
  const width = gamma.size / 4;
  const [dx, statistics] = runSeveral(
    backend,
    {
      key: `layerNormGradient_${epsilon}`,
      inputs: ['x', 'gamma', 'dy'],
      outputs: { dx: x.shape, statistics: [rowCount, 4] },
      exact: ['statistics'],
      uniforms: { rowCount, width },
      functions: rowSumFunction,
      body: rowGradient(epsilon),
      invocationCount: rowCount * lanes,
    },
    [x, gamma, dy],
  );
  if (dx === undefined || statistics === undefined) return [];
  const chunkRows = Math.ceil(Math.sqrt(rowCount));
  const chunkCount = Math.ceil(rowCount / chunkRows);
  const chunked = [chunkCount, gamma.size];
  const parts = runSeveral(
    backend,
    {
      key: 'layerNormGradientChunks',
      inputs: ['x', 'dy', 'statistics'],
      outputs: { gammaParts: chunked, betaParts: chunked },
      exact: ['gammaParts', 'betaParts'],
      uniforms: { rowCount, width, chunkRows, count: chunkCount * width },
      body: chunkSums,
      invocationCount: chunkCount * width,
    },
    [x, dy, statistics],
  );
  const gradients = runSeveral(
    backend,
    {
      key: 'layerNormGradientColumns',
      inputs: ['gammaParts', 'betaParts'],
      outputs: { dGamma: gamma.shape, dBeta: gamma.shape },
      uniforms: { chunkCount, width },
      body: columnSums,
      invocationCount: width,
    },
    parts,
  );
  for (const tensor of [statistics, ...parts]) tensor.dispose();
  return [dx, ...gradients];
}

/** The sum of every lane's values over its row; every invocation of the workgroup calls it at the same place. */
const rowSumFunction = `var<workgroup> shares : array<vec2<f32>, ${kernelWorkgroupSize}>;
fn rowSum(value : vec2<f32>, place : i32) -> vec2<f32> {
  workgroupBarrier();
  shares[place] = value;
  workgroupBarrier();
  var sum = vec2<f32>(0.0);
  for (var k = place / ${lanes} * ${lanes}; k < (place / ${lanes} + 1) * ${lanes}; k++) { sum += shares[k]; }
  return sum;
}`;

/** Declares row, lane, mean and inverse, 1 / √(variance + ε). Rows that are not there read the last one and write nothing. */
const rowStatistics = (index: string, load: string, epsilon: string): string => `let width = uniforms.width;
  let place = ${index} % ${kernelWorkgroupSize};
  let lane = place % ${lanes};
  let isRow = ${index} / ${lanes} < uniforms.rowCount;
  let row = min(${index} / ${lanes}, uniforms.rowCount - 1);
  let one = vec4<f32>(1.0);
  let size = f32(width * 4);
  var sum = 0.0;
  for (var c = lane; c < width; c += ${lanes}) { let at = row * width + c; sum += dot(${load}, one); }
  let mean = rowSum(vec2<f32>(sum, 0.0), place).x / size;
  var squares = 0.0;
  for (var c = lane; c < width; c += ${lanes}) { let at = row * width + c; let off = ${load} - mean; squares += dot(off, off); }
  let inverse = inverseSqrt(rowSum(vec2<f32>(squares, 0.0), place).x / size + ${epsilon});`;

const rowGradient = (epsilon: number): string => `let index = i32(i);
  ${rowStatistics('index', 'x[at]', `f32(${epsilon})`)}
  var sums = vec2<f32>(0.0);
  for (var c = lane; c < width; c += ${lanes}) {
    let at = row * width + c;
    let g = dy[at] * gamma[c];
    sums += vec2<f32>(dot(g, one), dot(g, (x[at] - mean) * inverse));
  }
  let means = rowSum(sums, place) / size;
  if (!isRow) { return; }
  for (var c = lane; c < width; c += ${lanes}) {
    let at = row * width + c;
    dx[at] = (dy[at] * gamma[c] - means.x - (x[at] - mean) * inverse * means.y) * inverse;
  }
  if (lane == 0) { statistics[row] = vec4<f32>(mean, inverse, 0.0, 0.0); }`;

const chunkSums = `let index = i32(i);
  if (index >= uniforms.count) { return; }
  let c = index % uniforms.width;
  let first = index / uniforms.width * uniforms.chunkRows;
  var gammaSum = vec4<f32>(0.0);
  var betaSum = vec4<f32>(0.0);
  for (var row = first; row < min(first + uniforms.chunkRows, uniforms.rowCount); row++) {
    let at = row * uniforms.width + c;
    let known = statistics[row];
    let g = dy[at];
    gammaSum += g * (x[at] - known.x) * known.y;
    betaSum += g;
  }
  gammaParts[index] = gammaSum;
  betaParts[index] = betaSum;`;

const columnSums = `let c = i32(i);
  if (c >= uniforms.width) { return; }
  var gammaSum = vec4<f32>(0.0);
  var betaSum = vec4<f32>(0.0);
  for (var chunk = 0; chunk < uniforms.chunkCount; chunk++) {
    gammaSum += gammaParts[chunk * uniforms.width + c];
    betaSum += betaParts[chunk * uniforms.width + c];
  }
  dGamma[c] = gammaSum;
  dBeta[c] = betaSum;`;
