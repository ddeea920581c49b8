// The default of this page: every chunk straight to its owner, every sum straight back. Two hops for the eye, but each rank's N − 1 messages
// leave through one port, one after the other: in this model it costs what the ring costs.

import { messageSeconds } from '../networks.ts';
import { flatRoute, ranksOnly, receive, send } from './algorithm.ts';
import type { AllReduceTask, ClusterAlgorithm, Program } from './algorithm.ts';
import { chunkBytes } from './ring.ts';

/** 2·(N − 1) messages of S/N bytes out of each port. */
export const direct: ClusterAlgorithm = {
  name: 'direct',
  formula: '2(N − 1)·(α + S/(N·β))',
  source: 'pairwise reduce-scatter and all-gather: Thakur, Rabenseifner and Gropp, 2005, section 4.2',
  seconds: ({ worldSize, bytes, network }) => 2 * (worldSize - 1) * messageSeconds(network, bytes / worldSize),
  nodeCount: ranksOnly,
  route: flatRoute,
  program,
};

/**
 * The messages of src/collective/direct-all-reduce.ts, the sums sent to the next rank first: sent in rank order, as there, all ranks would
 * crowd at rank 0's port, then at rank 1's. Between workers nothing queues and the order says nothing.
 */
function* program(rank: number, { worldSize, bytes }: AllReduceTask): Program {
  const peers = Array.from({ length: worldSize - 1 }, (_, hop) => (rank + 1 + hop) % worldSize);
  for (const peer of peers) yield send(peer, chunkBytes(peer, worldSize, bytes));
  for (const peer of peers.toReversed()) yield receive(peer);
  for (const peer of peers) yield send(peer, chunkBytes(rank, worldSize, bytes));
  for (const peer of peers.toReversed()) yield receive(peer);
}
