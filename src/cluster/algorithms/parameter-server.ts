// k servers, nodes of their own, each keep 1/k of the sums: every rank sends each of them its share, waits, and gets the sums back. With
// few servers their ports are the bottleneck, with as many as ranks nobody's. More than ranks would stand idle and are not counted.

import { messageSeconds } from '../networks.ts';
import { flatRoute, receive, send } from './algorithm.ts';
import type { AllReduceTask, ClusterAlgorithm, Program } from './algorithm.ts';
import { chunkBytes } from './ring.ts';

/** k servers, at most as many as ranks: on the way in the slower side's ports decide, on the way out the servers'. */
export const parameterServer: ClusterAlgorithm = {
  name: 'parameter-server',
  formula: 'max(k·α + S/β, α + N·S/(k·β)) + N·(α + S/(k·β))',
  source: 'Li et al., “Scaling distributed machine learning with the parameter server”, 2014, synchronous; α–β model of Hockney, 1994',
  seconds(task) {
    const { worldSize, bytes, network } = task;
    if (worldSize === 1) return 0; // one rank updates its own weights
    const serverCount = serverCountOf(task);
    const { alphaSeconds, bytesPerSecond } = network;
    const rankPush = serverCount * alphaSeconds + bytes / bytesPerSecond;
    const serverPush = alphaSeconds + (worldSize * bytes) / serverCount / bytesPerSecond;
    return Math.max(rankPush, serverPush) + worldSize * messageSeconds(network, bytes / serverCount);
  },
  nodeCount: (task) => (task.worldSize === 1 ? 1 : task.worldSize + serverCountOf(task)),
  route: flatRoute,
  program,
};

function serverCountOf({ worldSize, serverCount }: AllReduceTask): number {
  return Math.min(worldSize, serverCount);
}

/** Nodes from `worldSize` on are servers. Everybody begins with another peer, so that no port is crowded first. */
function* program(node: number, task: AllReduceTask): Program {
  const { worldSize, bytes } = task;
  const serverCount = serverCountOf(task);
  if (worldSize === 1) return;
  if (node < worldSize) {
    for (let turn = 0; turn < serverCount; turn++) {
      const server = (node + turn) % serverCount;
      yield send(worldSize + server, chunkBytes(server, serverCount, bytes));
    }
    for (let server = 0; server < serverCount; server++) yield receive(worldSize + server);
    return;
  }
  const server = node - worldSize;
  for (let rank = 0; rank < worldSize; rank++) yield receive(rank);
  const first = Math.floor((server * worldSize) / serverCount);
  for (let turn = 0; turn < worldSize; turn++) {
    yield send((first + turn) % worldSize, chunkBytes(server, serverCount, bytes));
  }
}
