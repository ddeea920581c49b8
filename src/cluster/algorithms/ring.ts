// The ring: N − 1 hops of reduce-scatter and as many of all-gather, each with 1/N of the bytes, all ranks at once.

import { chunkStart } from '../../collective/chunks.ts';
import { messageSeconds } from '../networks.ts';
import { flatRoute, ranksOnly, receive, send, valueBytes } from './algorithm.ts';
import type { AllReduceTask, ClusterAlgorithm, Program } from './algorithm.ts';

/** 2·(N − 1) hops of S/N bytes. */
export const ring: ClusterAlgorithm = {
  name: 'ring',
  formula: '2(N − 1)·(α + S/(N·β))',
  source: 'Patarasuk and Yuan, “Bandwidth optimal all-reduce algorithms for clusters of workstations”, 2009',
  seconds: ({ worldSize, bytes, network }) => 2 * (worldSize - 1) * messageSeconds(network, bytes / worldSize),
  nodeCount: ranksOnly,
  route: flatRoute,
  program: (rank, { worldSize, bytes }) => ringProgram(rank, worldSize, bytes),
};

/** The messages of src/collective/ring-all-reduce.ts. `nodeAt` says which node a place of the ring is. */
export function* ringProgram(place: number, size: number, bytes: number, nodeAt = (at: number): number => at): Program {
  yield* reduceScatterProgram(place, size, bytes, nodeAt);
  yield* allGatherProgram(place, size, bytes, nodeAt);
}

/** The first N − 1 hops: each place ends with the sum of chunk `place + 1`. */
export function* reduceScatterProgram(place: number, size: number, bytes: number, nodeAt: (place: number) => number): Program {
  for (let hop = 0; hop < size - 1; hop++) {
    yield send(nodeAt((place + 1) % size), chunkBytes(place - hop, size, bytes));
    yield receive(nodeAt((place + size - 1) % size));
  }
}

/** The last N − 1 hops. */
export function* allGatherProgram(place: number, size: number, bytes: number, nodeAt: (place: number) => number): Program {
  for (let hop = 0; hop < size - 1; hop++) {
    yield send(nodeAt((place + 1) % size), chunkBytes(place + 1 - hop, size, bytes));
    yield receive(nodeAt((place + size - 1) % size));
  }
}

/** Bytes of a rank's chunk, ranks counted round and round. */
export function chunkBytes(rank: number, worldSize: number, bytes: AllReduceTask['bytes']): number {
  const owner = ((rank % worldSize) + worldSize) % worldSize;
  const length = bytes / valueBytes;
  return (chunkStart(owner + 1, worldSize, length) - chunkStart(owner, worldSize, length)) * valueBytes;
}
