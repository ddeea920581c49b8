// The exchange of virtual ranks: each gives its tensors in turn, they are read back in the buckets that workers would send, and added by
// the lane's own algorithm in the order that it adds in (collective/virtual/).

import { PlaygroundError } from '../core/errors.ts';
import { planBuckets } from '../collective/buckets.ts';
import type { ReduceOp } from '../collective/message.ts';
import { EncodedRankByRank, heldEncodedBytes } from '../collective/virtual/encoded-rank-by-rank.ts';
import { createRankByRank, heldBytes } from '../collective/virtual/rank-by-rank.ts';
import type { RankByRank } from '../collective/virtual/rank-by-rank.ts';
import { wireOf } from '../collective/wire/wire.ts';
import type { Engine } from '../engine/engine.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import type { tf } from '../engine/tf.ts';
import type { Lane } from './lane.ts';

/** What a worker may hold for its virtual ranks: a browser ends a worker that takes a few gigabytes. */
const mostHeldBytes = 1024 ** 3;

interface Bucket {
  /** Places of its tensors in the list. */
  readonly indices: readonly number[];
  readonly transfer: GradientTransfer;
  readonly reduction: RankByRank;
  /** Of the scalar behind its values, where it has one that travels apart from them. */
  readonly scalarReduction: RankByRank | null;
  /** Reduced values, and the scalar behind them. */
  readonly reduced: Float32Array;
}

/** One list of tensors, by their shapes, and a scalar. */
export class VirtualExchange {
  private readonly buckets: readonly Bucket[];
  private readonly worldSize: number;
  private readonly op: ReduceOp;

  /** Throws `not-supported` where the lane's algorithm would have to hold too much. */
  constructor(engine: Engine, lane: Lane, shapes: readonly (readonly number[])[]) {
    const { worldSize, allReduce } = lane;
    const sizes = shapes.map((shape) => shape.reduce((product, length) => product * length, 1));
    refuseTooMuch(
      lane,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const wire = wireOf(lane.wire);
    this.worldSize = worldSize;
    this.op = lane.breakers.includes('sum') ? 'sum' : 'mean';
    this.buckets = planBuckets(sizes, lane.bucketBytes).map((indices, index, { length: bucketCount }) => {
      const transfer = new GradientTransfer(
        engine,
        indices.map((place) => shapes[place] ?? []),
      );
      const scalarCount = index === bucketCount - 1 ? 1 : 0;
      const length = transfer.size + scalarCount;
      return {
        indices,
        transfer,
        reduction: wire === null ? createRankByRank(allReduce, worldSize, length) : new EncodedRankByRank(wire, worldSize, transfer.size),
        scalarReduction: wire !== null && scalarCount === 1 ? createRankByRank(allReduce, worldSize, 1) : null,
        reduced: new Float32Array(length),
      };
    });
  }

  /** Bytes that rank 0 would have sent so far. */
  get bytesSent(): number {
    return this.buckets.reduce((sum, { reduction, scalarReduction }) => sum + reduction.bytesSent + (scalarReduction?.bytesSent ?? 0), 0);
  }

  /** How much the wire lost of what rank 0 sent last, ‖lost‖ ÷ ‖meant‖; null where values are sent as they are. */
  takeWireError(): number | null {
    const errors = this.buckets.flatMap(({ reduction }) => (reduction instanceof EncodedRankByRank ? [reduction.takeRelativeError()] : []));
    return errors.length === 0 ? null : Math.max(...errors);
  }

  /** The next rank's tensors and scalar, from rank 0 on; each bucket passes through `before`. What was given stays the caller's. */
  async give(tensors: readonly tf.Tensor[], scalar: tf.Scalar, before: (flat: Float32Array) => void): Promise<void> {
    const reads = this.buckets.map(({ indices, transfer, reduced }) => {
      const own = indices.flatMap((place) => tensors[place] ?? []);
      return transfer.read(reduced.length > transfer.size ? [...own, scalar] : own);
    });
    for (const [index, flat] of (await Promise.all(reads)).entries()) {
      const bucket = this.buckets[index];
      if (bucket === undefined) continue;
      before(flat);
      const { reduction, scalarReduction, transfer } = bucket;
      reduction.add(scalarReduction === null ? flat : flat.subarray(0, transfer.size));
      scalarReduction?.add(flat.subarray(transfer.size));
    }
  }

  /** Once every rank has given: the reduced tensors, new and in the order given, and the mean of the scalars. */
  finish(after: (flat: Float32Array, size: number) => void): { readonly tensors: readonly tf.Tensor[]; readonly scalar: number } {
    const tensors: tf.Tensor[] = [];
    let mean = Number.NaN;
    for (const { indices, transfer, reduction, scalarReduction, reduced } of this.buckets) {
      reduction.finish(scalarReduction === null ? reduced : reduced.subarray(0, transfer.size), this.op);
      scalarReduction?.finish(reduced.subarray(transfer.size), this.op);
      after(reduced, transfer.size);
      if (reduced.length > transfer.size) mean = (reduced[transfer.size] ?? Number.NaN) / (this.op === 'sum' ? this.worldSize : 1);
      for (const [at, tensor] of transfer.write(reduced).entries()) tensors[indices[at] ?? 0] = tensor;
    }
    return { tensors, scalar: mean };
  }
}

function refuseTooMuch({ allReduce, wire: wireName, worldSize, label }: Lane, valueCount: number): void {
  const wire = wireOf(wireName);
  const bytes = wire === null ? heldBytes(allReduce, worldSize, valueCount) : heldEncodedBytes(wire, worldSize, valueCount);
  if (bytes <= mostHeldBytes) return;
  const how = wire === null ? `${allReduce} adds them in another order than they come` : `${wireName} keeps what it owes each of them`;
  const gigabytes = (bytes / 1024 ** 3).toFixed(1);
  throw new PlaygroundError(
    'not-supported',
    `lane ${label}: expected at most 1 GB to be held for its virtual ranks, got ${gigabytes} GB for gradients of ${worldSize} ranks: ${how}. Use direct in fp32, or fewer ranks.`,
    { place: 'lanes', worldSize, bytes },
  );
}
