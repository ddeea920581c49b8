// `ctx.dist`: the collectives on tensors. Values are read back, exchanged as flat Float32Arrays, and become new tensors; a group
// of tensors travels as one buffer.

import { PlaygroundError } from '../core/errors.ts';
import type { ProcessGroup } from '../collective/process-group.ts';
import { tf } from '../engine/tf.ts';
import type { Dist, TensorGroup } from './context.ts';

/** The tensor collectives over a process group. */
export function createDist(group: ProcessGroup): Dist {
  return {
    async allReduce(tensors, op = 'sum') {
      return exchangeGroup(tensors, (flat) => group.allReduce(flat, op));
    },
    async broadcast(tensors, root = 0) {
      return exchangeGroup(tensors, (flat) => group.broadcast(flat, root));
    },
    async reduce(tensor, root, op = 'sum') {
      const flat = await readCopy(tensor);
      await group.reduce(flat, root, op);
      return tf.tensor(flat, tensor.shape);
    },
    async allGather(tensor) {
      const parts = await group.allGather(await readCopy(tensor));
      return parts.map((part) => tf.tensor(part, tensor.shape));
    },
    async gather(tensor, root = 0) {
      const parts = await group.gather(await readCopy(tensor), root);
      return parts === null ? null : parts.map((part) => tf.tensor(part, tensor.shape));
    },
    async scatter(tensors, shape, root = 0) {
      const parts = tensors === null ? null : await Promise.all(tensors.map(readCopy));
      return tf.tensor(await group.scatter(parts, root), [...shape]);
    },
    async reduceScatter(tensor, op = 'sum') {
      const [rows = 0, ...rest] = tensor.shape;
      if (rows % group.worldSize !== 0) {
        throw new PlaygroundError(
          'program-invalid',
          `reduceScatter: the first axis is ${rows}, which ${group.worldSize} ranks do not divide. Pad it to a multiple.`,
        );
      }
      return tf.tensor(await group.reduceScatter(await readCopy(tensor), op), [rows / group.worldSize, ...rest]);
    },
    async send(tensor, to) {
      await group.send(to, await readCopy(tensor));
    },
    async recv(shape, from) {
      return tf.tensor(await group.recv(from, tf.util.sizeFromShape([...shape])), [...shape]);
    },
    barrier: () => group.barrier(),
  };
}

async function readCopy(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

/** One flat buffer for all tensors, exchanged, and cut up again into the same structure. */
async function exchangeGroup<Group extends TensorGroup>(tensors: Group, exchange: (flat: Float32Array) => Promise<void>): Promise<Group> {
  const list = tensorsOf(tensors);
  const parts = await Promise.all(list.map(readCopy));
  const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    flat.set(part, offset);
    offset += part.length;
  }
  await exchange(flat);
  offset = 0;
  const results = list.map((tensor) => {
    const result = tf.tensor(flat.slice(offset, offset + tensor.size), tensor.shape);
    offset += tensor.size;
    return result;
  });
  return likeGroup(tensors, results);
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
