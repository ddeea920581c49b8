// Two levels, as Horovod and NCCL do it in racks of multi-GPU machines: reduce-scatter inside each group of g ranks on the fast network, one
// ring per shard across the groups, all-gather inside. The g rings of a group share its one port to the slow network.

import { messageSeconds } from '../networks.ts';
import type { AllReduceTask, ClusterAlgorithm, Program, Route } from './algorithm.ts';
import { ranksOnly } from './algorithm.ts';
import { allGatherProgram, chunkBytes, reduceScatterProgram, ringProgram } from './ring.ts';

/** 2·(g − 1) fast hops of S/g bytes and 2·(G − 1) slow ones of g messages with S/G bytes together, G = ⌈N/g⌉ groups. */
export const hierarchical: ClusterAlgorithm = {
  name: 'hierarchical',
  formula: '2(g − 1)·(α′ + S/(g·β′)) + 2(G − 1)·(g·α + S/(G·β)), G = ⌈N/g⌉',
  source: 'Sergeev and Del Balso, “Horovod”, 2018 (hierarchical all-reduce); rings as in Patarasuk and Yuan, 2009',
  seconds(task) {
    const { bytes, network, fastNetwork } = task;
    const { size, groupCount } = groupsOf(task);
    const inside = 2 * (size - 1) * messageSeconds(fastNetwork, bytes / size);
    const across = 2 * (groupCount - 1) * (size * network.alphaSeconds + bytes / groupCount / network.bytesPerSecond);
    return inside + across;
  },
  nodeCount: ranksOnly,
  route,
  program,
};

/** The last group may be smaller; the closed form takes it for a full one, and `program` is for full groups. */
function groupsOf({ worldSize, groupSize }: AllReduceTask): { readonly size: number; readonly groupCount: number } {
  const size = Math.min(groupSize, worldSize);
  return { size, groupCount: Math.ceil(worldSize / size) };
}

function* program(rank: number, task: AllReduceTask): Program {
  const { size, groupCount } = groupsOf(task);
  const place = rank % size;
  const group = (rank - place) / size;
  const inGroup = (at: number): number => group * size + at;
  yield* reduceScatterProgram(place, size, task.bytes, inGroup);
  yield* ringProgram(group, groupCount, chunkBytes(place + 1, size, task.bytes), (at) => at * size + place);
  yield* allGatherProgram(place, size, task.bytes, inGroup);
}

function route(from: number, to: number, task: AllReduceTask): Route {
  const { size } = groupsOf(task);
  const [fromGroup, toGroup] = [Math.floor(from / size), Math.floor(to / size)];
  if (fromGroup === toGroup) return { network: task.fastNetwork, outPort: from, inPort: to };
  return { network: task.network, outPort: task.worldSize + fromGroup, inPort: task.worldSize + toGroup };
}
