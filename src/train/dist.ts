// `ctx.dist`: the collectives on tensors. Values are read back, exchanged as flat Float32Arrays, and become new tensors; a group
// of tensors travels as one buffer. Reading back takes as long as it takes, so every call waits for its turn before it joins the group:
// the group sees one rank's calls in the order the program made them, also when they are not awaited one by one.

import { concatenate } from '../core/concatenate.ts';
import { PlaygroundError } from '../core/errors.ts';
import type { ProcessGroup } from '../collective/process-group.ts';
import { tf } from '../engine/tf.ts';
import type { Dist, ReduceOp, TensorGroup } from './context.ts';
import { StepSpans } from './step-spans.ts';

/** Runs `call` on what `read` gives, once the calls before it have been handed to the group. */
type InTurn = <Values, Result>(read: Promise<Values>, call: (values: Values) => Promise<Result>) => Promise<Result>;

/** The tensor collectives over a process group; `spans` records their reads and calls. */
export function createDist(group: ProcessGroup, spans = new StepSpans(group.rank)): Dist {
  const inTurn = createTurns(spans);
  return {
    get bytesSent() {
      return group.bytesSent;
    },
    allReduce(tensors, op = 'sum', weight) {
      if (weight === undefined) return exchangeGroup(inTurn, tensors, (flat) => group.allReduce(flat, op));
      checkWeight(op, weight);
      return exchangeGroup(inTurn, tensors, (flat) => weightedMean(group, flat, weight));
    },
    broadcast: (tensors, root = 0) => exchangeGroup(inTurn, tensors, (flat) => group.broadcast(flat, root)),
    reduce: (tensor, root, op = 'sum') => exchangeGroup(inTurn, tensor, (flat) => group.reduce(flat, root, op)),
    async allGather(tensor) {
      const parts = await inTurn(readCopy(tensor), (values) => group.allGather(values));
      return parts.map((part) => tf.tensor(part, tensor.shape));
    },
    async gather(tensor, root = 0) {
      const parts = await inTurn(readCopy(tensor), (values) => group.gather(values, root));
      return parts === null ? null : parts.map((part) => tf.tensor(part, tensor.shape));
    },
    async scatter(tensors, shape, root = 0) {
      const read = tensors === null ? Promise.resolve(null) : Promise.all(tensors.map(readCopy));
      return tf.tensor(await inTurn(read, (parts) => group.scatter(parts, root)), [...shape]);
    },
    async reduceScatter(tensor, op = 'sum') {
      const [rows = 0, ...rest] = tensor.shape;
      if (rows % group.worldSize !== 0) {
        throw new PlaygroundError(
          'program-invalid',
          `reduceScatter: the first axis is ${rows}, which ${group.worldSize} ranks do not divide. Pad it to a multiple.`,
        );
      }
      const part = await inTurn(readCopy(tensor), (values) => group.reduceScatter(values, op));
      return tf.tensor(part, [rows / group.worldSize, ...rest]);
    },
    send: (tensor, to) => inTurn(readCopy(tensor), (values) => group.send(to, values)),
    async recv(shape, from) {
      const length = tf.util.sizeFromShape([...shape]);
      return tf.tensor(await inTurn(Promise.resolve(), () => group.recv(from, length)), [...shape]);
    },
    barrier: () => inTurn(Promise.resolve(), () => group.barrier()),
  };
}

function createTurns(spans: StepSpans): InTurn {
  let lastTurn: Promise<unknown> = Promise.resolve();
  return async (reading, call) => {
    const read = spans.measure('read-back', () => reading);
    // The call is started in its turn, not awaited: wrapped, because a promise of a promise would wait for both.
    const turn = Promise.all([read, lastTurn]).then(([values]) => ({ result: spans.measure('reduce', () => call(values)) }));
    lastTurn = Promise.allSettled([lastTurn, turn]);
    return (await turn).result;
  };
}

/** Σ weight·value ÷ Σ weight, in place. The weights travel with the values. */
async function weightedMean(group: ProcessGroup, flat: Float32Array, weight: number): Promise<void> {
  const weighted = new Float32Array(flat.length + 1);
  for (const [index, value] of flat.entries()) weighted[index] = value * weight;
  weighted[flat.length] = weight;
  await group.allReduce(weighted, 'sum');
  const total = weighted[flat.length] ?? 0;
  for (let index = 0; index < flat.length; index++) flat[index] = (weighted[index] ?? 0) / total;
}

function checkWeight(op: ReduceOp, weight: number): void {
  if (op === 'mean' && Number.isFinite(weight) && weight >= 0) return;
  const expected = op === 'mean' ? `a finite weight of at least 0, got ${weight}` : "op 'mean' beside a weight, got 'sum'";
  throw new PlaygroundError('program-invalid', `allReduce: expected ${expected}. Weights are for means, such as each rank's samples.`);
}

async function readCopy(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

/** One flat buffer for all tensors, exchanged, and cut up again into the same structure. */
async function exchangeGroup<Group extends TensorGroup>(
  inTurn: InTurn,
  tensors: Group,
  exchange: (flat: Float32Array) => Promise<void>,
): Promise<Group> {
  const list = tensorsOf(tensors);
  const flat = await inTurn(readFlat(list), async (values) => {
    await exchange(values);
    return values;
  });
  let offset = 0;
  const results = list.map((tensor) => {
    const result = tf.tensor(flat.slice(offset, offset + tensor.size), tensor.shape);
    offset += tensor.size;
    return result;
  });
  return likeGroup(tensors, results);
}

async function readFlat(tensors: readonly tf.Tensor[]): Promise<Float32Array> {
  return concatenate(await Promise.all(tensors.map(readCopy)));
}

function tensorsOf(tensors: TensorGroup): readonly tf.Tensor[] {
  if (tensors instanceof tf.Tensor) return [tensors];
  return Array.isArray(tensors) ? (tensors as readonly tf.Tensor[]) : Object.values(tensors);
}

function likeGroup<Group extends TensorGroup>(tensors: Group, results: readonly tf.Tensor[]): Group {
  const structured: unknown =
    tensors instanceof tf.Tensor
      ? results[0]
      : Array.isArray(tensors)
        ? results
        : Object.fromEntries(Object.keys(tensors).map((name, index) => [name, results[index]]));
  return structured as Group; // the same structure as the input, by construction
}
