// Counts tensors on f16's number line (core/number-line.ts) where they are, in the middle of a step, without waiting for them: what is read
// back later is seventy words per tensor. Without WebGPU the values themselves are kept and counted when they are asked for.
//
// Kernel: `counts` (u32 words, zero at first: classes, then bins), `factor` (one f32), then the tensor (f32 bits). A workgroup counts its chunk of
// 1,024 values (kernels/over-chunks.ts) in workgroup memory and adds what is not zero. Bits are compared, not numbers, because WGSL lets a
// compiler assume that there are no infinities and NaNs. Oracle: `countOnLine`, exact where the factor is a power of two.

import type { Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import {
  binCount,
  countOnLine,
  infinityBits,
  largestLostBits,
  lineClasses,
  lineWordCount,
  readLineWords,
  smallestBinExponent,
  smallestNormalBits,
  smallestOverflowBits,
} from '../../core/number-line.ts';
import type { LineClass, LineCounts } from '../../core/number-line.ts';
import { kernelWorkgroupSize } from '../backend/raw-kernel.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Engine } from '../engine.ts';
import { GradientTransfer } from '../gradient-transfer.ts';
import { dispatchOverChunks } from '../kernels/over-chunks.ts';
import { tf } from '../tf.ts';

/** What is multiplied before it is counted: a number, or the first value of a tensor. */
export type LineFactor = number | Tensor;

interface Counted {
  /** Counts as words, or the values. */
  readonly tensor: Tensor;
  /** Of values. */
  readonly factor: number;
}

/** Counts until `read`. */
export class LineCounter {
  private readonly engine: Engine;
  private readonly counted: Counted[] = [];

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Counts a float tensor as it is now, each value times the factor; it stays the caller's. Returns its place among the counts. */
  count(tensor: Tensor, factor: LineFactor = 1): number {
    const { backend } = this.engine;
    const place = this.counted.length;
    if (backend !== null) this.counted.push({ tensor: countOnGpu(backend, tensor, factor), factor: 1 });
    else if (typeof factor === 'number') this.counted.push({ tensor: tf.keep(tensor.clone()), factor });
    else throw new PlaygroundError('internal', 'line counter: expected a number as the factor without WebGPU, got a tensor.');
    return place;
  }

  /** All counts by place, and after them the values of scalars. Nothing is kept. Throws the device's first error. */
  async read(scalars: readonly Tensor[]): Promise<readonly [counts: readonly LineCounts[], scalars: readonly number[]]> {
    const { backend } = this.engine;
    const transfer = new GradientTransfer(this.engine, []);
    const counted = this.counted.splice(0);
    try {
      const flat = await transfer.read([...counted.map(({ tensor }) => tensor), ...scalars]);
      const words = new Uint32Array(flat.buffer);
      let offset = 0;
      const counts = counted.map(({ tensor: { size }, factor }) => {
        const from = offset;
        offset += size;
        return backend === null ? countOnLine(flat.subarray(from, offset), factor) : readLineWords(words.subarray(from, offset));
      });
      return [counts, [...flat.subarray(offset)]];
    } finally {
      transfer.dispose();
      for (const { tensor } of counted) tensor.dispose();
    }
  }

  /** Forgets what was counted. */
  dispose(): void {
    for (const { tensor } of this.counted.splice(0)) tensor.dispose();
  }
}

function countOnGpu(backend: LockstepBackend, tensor: Tensor, factor: LineFactor): Tensor {
  const counts = tf.keep(tf.zeros([lineWordCount]));
  const scale = typeof factor === 'number' ? tf.keep(tf.scalar(factor)) : factor;
  const plain = backend.toF32(tensor);
  dispatchOverChunks(backend, [{ dataId: plain.dataId, size: tensor.size, isF16: false }], {
    key: 'number_line',
    bindings: ['var<storage, read_write> counts: array<atomic<u32>>', 'var<storage, read> factor: f32'],
    dataIds: [counts.dataId, scale.dataId],
    type: 'u32',
    declarations: `var<workgroup> found: array<atomic<u32>, ${lineWordCount}>;\n${placeFunction}`,
    start: '',
    each: countValue,
    end: `workgroupBarrier();
  for (var word = lane; word < ${lineWordCount}u; word += ${kernelWorkgroupSize}u) {
    let count = atomicLoad(&found[word]);
    if (count != 0u) { atomicAdd(&counts[word], count); }
  }`,
  });
  backend.disposeData(plain.dataId);
  if (scale !== factor) scale.dispose();
  backend.flush(); // or the casts of all tensors of a step would wait for each other
  return counts;
}

const place = (name: LineClass): string => `${lineClasses.indexOf(name)}u`;

const placeFunction = `fn placeOf(magnitude: u32) -> u32 {
  if (magnitude == 0u) { return ${place('zero')}; }
  if (magnitude > ${infinityBits}u) { return ${place('nan')}; }
  if (magnitude >= ${smallestOverflowBits}u) { return ${place('overflow')}; }
  if (magnitude <= ${largestLostBits}u) { return ${place('lost')}; }
  return select(${place('normal')}, ${place('subnormal')}, magnitude < ${smallestNormalBits}u);
}`;

const countValue = `var magnitude = value & 0x7fffffffu;
      if (magnitude != 0u && magnitude < ${infinityBits}u) {
        magnitude = max(1u, bitcast<u32>(bitcast<f32>(magnitude) * factor)); // what a GPU takes for zero is not
        let bin = clamp(i32(magnitude >> 23u) - ${127 + smallestBinExponent}, 0, ${binCount - 1});
        if (magnitude < ${infinityBits}u) { atomicAdd(&found[${lineClasses.length}u + u32(bin)], 1u); }
      }
      atomicAdd(&found[placeOf(magnitude)], 1u);`;
