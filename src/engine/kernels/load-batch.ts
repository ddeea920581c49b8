// Copies rows of a data set that lies on the device to where a step reads its batch: samples and labels in one dispatch. What the host
// sends for a step is then the numbers of its rows, 512 bytes for a batch of 128, and not the rows, 400 KB of MNIST.
//
// Kernel: rows (B) i32, each below N; tables x (N, X) and y (N, Y); batch x (B, X) and y (B, Y); all but the numbers as 32-bit words, four at
// a time where a row's length is a multiple of 4, so that every bit arrives as it is. Grid: one invocation per element of the batch's x, then
// per element of its y. Oracle: the rows themselves (device-split.test.ts). Exact.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { flatEntryPoint, wgslOnce } from '../backend/raw-kernel.ts';
import { componentsFor } from './kernel-program.ts';

/** Samples and labels: a whole data set's, or a batch's. All plain f32. */
export interface SamplesAndLabels {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Writes the rows of `from` with these numbers (int32) into `to`. */
export function loadBatch(backend: LockstepBackend, rows: Tensor, from: SamplesAndLabels, to: SamplesAndLabels): void {
  const x = componentsFor(to.x.size / rows.size);
  const y = componentsFor(to.y.size / rows.size);
  const key = `loadBatch_${x}_${y}`;
  backend.timing.notes.during('input', () =>
    backend.dispatch({
      key,
      wgsl: wgslOnce(key, () => wgslOf(wordsOf(x), wordsOf(y))),
      tensors: [rows, from.x, from.y, to.x, to.y].map(({ dataId }) => dataId),
      writes: [to.x.dataId, to.y.dataId],
      uniforms: [rows.size, to.x.size / rows.size / x, to.y.size / rows.size / y].map((value) => ({ type: 'uint32', data: [value] })),
      invocationCount: to.x.size / x + to.y.size / y,
    }),
  );
}

const wordsOf = (components: number): string => (components === 4 ? 'vec4<u32>' : 'u32');

function wgslOf(x: string, y: string): string {
  return `struct Uniforms { rows: u32, x: u32, y: u32 };
@group(0) @binding(0) var<storage, read> rows: array<u32>;
@group(0) @binding(1) var<storage, read> allX: array<${x}>;
@group(0) @binding(2) var<storage, read> allY: array<${y}>;
@group(0) @binding(3) var<storage, read_write> batchX: array<${x}>;
@group(0) @binding(4) var<storage, read_write> batchY: array<${y}>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;
${flatEntryPoint(`let xCount = uniforms.rows * uniforms.x;
  if (i < xCount) {
    batchX[i] = allX[rows[i / uniforms.x] * uniforms.x + i % uniforms.x];
    return;
  }
  let at = i - xCount;
  if (at >= uniforms.rows * uniforms.y) { return; }
  batchY[at] = allY[rows[at / uniforms.y] * uniforms.y + at % uniforms.y];`)}`;
}
