// The same tensors on every rank, averaged over the ranks, step after step: read back in buckets, reduced, uploaded. All buckets' copies
// are queued at once; while one is reduced the next is read and the one before goes back up.

import { planBuckets } from '../collective/buckets.ts';
import { WireState } from '../collective/compressed-all-reduce.ts';
import type { ReduceOp } from '../collective/message.ts';
import type { ProcessGroup } from '../collective/process-group.ts';
import { wireOf } from '../collective/wire/wire.ts';
import type { WireName } from '../collective/wire/wire-name.ts';
import type { Engine } from '../engine/engine.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import { tf } from '../engine/tf.ts';
import type { StepSpans } from './step-spans.ts';

export interface TensorExchangeOptions {
  readonly engine: Engine;
  readonly group: ProcessGroup;
  readonly op: ReduceOp;
  readonly bucketBytes: number;
  readonly wire: WireName;
  readonly spans: StepSpans;
}

/** What happens to a bucket's values on the host. */
export interface HostWork {
  /**
   * Before a bucket's values are read, in the order of the buckets: has them computed. Resolves when the device has done that, where more of
   * the pass is to come; null where the pass is over with them.
   */
  readonly beforeRead?: (bucket: number) => Promise<unknown> | null;
  /** Before they are sent, in place. */
  readonly before?: (flat: Float32Array) => void;
  /** Once they are reduced, in place; the first `size` of them are the tensors', and what follows is the scalar. */
  readonly after?: (flat: Float32Array, size: number) => void;
}

interface Bucket {
  /** Places of its tensors in the list. */
  readonly indices: readonly number[];
  readonly transfer: GradientTransfer;
  /** Null where values are sent as they are. */
  readonly wireState: WireState | null;
}

/** One list of tensors, by their shapes. */
export class TensorExchange {
  private readonly options: TensorExchangeOptions;
  private readonly buckets: readonly Bucket[];

  constructor(options: TensorExchangeOptions, shapes: readonly (readonly number[])[]) {
    this.options = options;
    const sizes = shapes.map((shape) => shape.reduce((product, length) => product * length, 1));
    const wire = wireOf(options.wire);
    this.hasFeedback = wire?.hasFeedback ?? false;
    this.buckets = planBuckets(sizes, options.bucketBytes).map((indices) => {
      const transfer = new GradientTransfer(
        options.engine,
        indices.map((index) => shapes[index] ?? []),
      );
      return { indices, transfer, wireState: wire === null ? null : new WireState(wire, transfer.size) };
    });
  }

  /** Which tensors of the list share a bucket, in the order in which the buckets are read. */
  get placesByBucket(): readonly (readonly number[])[] {
    return this.buckets.map(({ indices }) => indices);
  }

  /** Whether what the wire loses is kept for the next exchange. */
  readonly hasFeedback: boolean;

  /** How much the wire lost of what this rank sent last, ‖lost‖ ÷ ‖meant‖; null where it sends values as they are. */
  takeWireError(): number | null {
    const errors = this.buckets.flatMap(({ wireState }) => (wireState === null ? [] : [wireState.takeRelativeError()]));
    return errors.length === 0 ? null : Math.max(...errors);
  }

  /**
   * The reduced tensors, in the order given, as new tensors, and the mean of `scalar` over the ranks (NaN without one). Each bucket passes
   * through `work` before it is sent and after it was reduced. What was given stays the caller's.
   */
  async exchange(
    tensors: readonly tf.Tensor[],
    scalar: tf.Scalar | null = null,
    work: HostWork = {},
  ): Promise<{ readonly tensors: readonly tf.Tensor[]; readonly scalar: number }> {
    const { spans } = this.options;
    const reads = this.buckets.map(({ indices, transfer }, index) => {
      const own = indices.flatMap((place) => tensors[place] ?? []);
      const partDone = work.beforeRead?.(index) ?? null;
      const read = scalar !== null && index === this.buckets.length - 1 ? [...own, scalar] : own;
      return partDone === null
        ? spans.readBack(() => transfer.read(read), index)
        : spans.readPart(() => transfer.read(read), partDone, index);
    });
    for (const read of reads) read.catch(() => undefined); // each is awaited below; until then it must not count as unhandled
    const reduced: tf.Tensor[] = [];
    const written: Promise<void>[] = [];
    let mean = Number.NaN;
    for (const [index, { indices, transfer, wireState }] of this.buckets.entries()) {
      const flat = (await reads[index]) ?? new Float32Array(0);
      work.before?.(flat);
      const reducing = spans.measure('reduce', () => this.reduce(flat, transfer.size, wireState), index);
      const done = reducing.then(() => {
        work.after?.(flat, transfer.size);
        if (flat.length > transfer.size) mean = this.meanOf(flat[transfer.size] ?? Number.NaN);
        const uploaded = spans.measure('upload', () => transfer.write(flat), index);
        for (const [at, tensor] of uploaded.entries()) reduced[indices[at] ?? 0] = tensor;
      });
      done.catch(() => undefined); // as above
      written.push(done);
    }
    try {
      await Promise.all(written);
    } catch (error) {
      await Promise.allSettled(written); // a rank was lost: what some buckets brought goes with the step
      tf.dispose(reduced);
      throw error;
    }
    return { tensors: reduced, scalar: mean };
  }

  dispose(): void {
    for (const { transfer } of this.buckets) transfer.dispose();
  }

  /** What follows the bucket's own values is a number of its own and is never encoded. */
  private async reduce(flat: Float32Array, size: number, wireState: WireState | null): Promise<void> {
    const { group, op } = this.options;
    if (wireState === null) return group.allReduce(flat, op);
    const values = group.allReduceEncoded(flat.subarray(0, size), op, wireState);
    await Promise.all(flat.length > size ? [values, group.allReduce(flat.subarray(size), op)] : [values]);
  }

  private meanOf(scalar: number): number {
    return this.options.op === 'sum' ? scalar / this.options.group.worldSize : scalar;
  }
}
