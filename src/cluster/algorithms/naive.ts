// Everybody sends everything to rank 0, which adds it up and sends the sum back: all bytes queue at one port, in and out.

import { flatRoute, ranksOnly, receive, send } from './algorithm.ts';
import type { AllReduceTask, ClusterAlgorithm, Program } from './algorithm.ts';

/** N − 1 whole copies into rank 0's port, whose latencies overlap, and N − 1 out of it, whose latencies do not. */
export const naive: ClusterAlgorithm = {
  name: 'naive',
  formula: 'N·α + 2(N − 1)·S/β',
  source: 'a flat gather and broadcast in the α–β model of Hockney, 1994',
  seconds: ({ worldSize, bytes, network: { alphaSeconds, bytesPerSecond } }) =>
    worldSize === 1 ? 0 : worldSize * alphaSeconds + (2 * (worldSize - 1) * bytes) / bytesPerSecond,
  nodeCount: ranksOnly,
  route: flatRoute,
  program,
};

function* program(rank: number, { worldSize, bytes }: AllReduceTask): Program {
  if (rank !== 0) {
    yield send(0, bytes);
    yield receive(0);
    return;
  }
  for (let peer = 1; peer < worldSize; peer++) yield receive(peer);
  for (let peer = 1; peer < worldSize; peer++) yield send(peer, bytes);
}
