// Recursive halving and doubling: the bytes of a ring in 2·log₂ N hops. Where N is no power of two, ranks beyond the largest power P pair
// up and hand everything to their partner before and take everything back after, which costs two messages of all the bytes.

import { messageSeconds } from '../networks.ts';
import { flatRoute, ranksOnly, receive, send, valueBytes } from './algorithm.ts';
import type { AllReduceTask, ClusterAlgorithm, Program } from './algorithm.ts';

/** 2·log₂ P hops with 2·(P − 1)/P of the bytes, P being the largest power of two in N; two whole messages more where N ≠ P. */
export const tree: ClusterAlgorithm = {
  name: 'tree',
  formula: '2·log₂ P·α + 2·(P − 1)/P·S/β + [N ≠ P]·2(α + S/β)',
  source: 'Thakur, Rabenseifner and Gropp, “Optimization of collective communication operations in MPICH”, 2005, section 4.3',
  seconds({ worldSize, bytes, network }) {
    const powerOfTwo = largestPowerOfTwo(worldSize);
    const halving = Math.log2(powerOfTwo) * network.alphaSeconds + ((powerOfTwo - 1) / powerOfTwo) * (bytes / network.bytesPerSecond);
    return 2 * halving + (worldSize === powerOfTwo ? 0 : 2 * messageSeconds(network, bytes));
  },
  nodeCount: ranksOnly,
  route: flatRoute,
  program,
};

/** The messages of src/collective/tree-all-reduce.ts. */
function* program(rank: number, { worldSize, bytes }: AllReduceTask): Program {
  if (worldSize === 1) return;
  const powerOfTwo = largestPowerOfTwo(worldSize);
  const pairCount = worldSize - powerOfTwo;
  const isPaired = rank < 2 * pairCount;
  const partner = rank ^ 1;
  if (isPaired && rank % 2 === 0) {
    yield send(partner, bytes);
    yield receive(partner);
    return;
  }
  if (isPaired) yield receive(partner);
  const place = isPaired ? rank >> 1 : rank - pairCount;
  const rankAt = (other: number): number => (other < pairCount ? 2 * other + 1 : other + pairCount);
  let mine = bytes / valueBytes;
  const givenAway: { readonly to: number; readonly mine: number }[] = [];
  for (let distance = powerOfTwo >> 1; distance >= 1; distance >>= 1) {
    const to = rankAt(place ^ distance);
    const lower = mine >> 1;
    const isLower = (place & distance) === 0;
    yield send(to, (isLower ? mine - lower : lower) * valueBytes);
    yield receive(to);
    mine = isLower ? lower : mine - lower;
    givenAway.push({ to, mine });
  }
  for (const exchange of givenAway.toReversed()) {
    yield send(exchange.to, exchange.mine * valueBytes);
    yield receive(exchange.to);
  }
  if (isPaired) yield send(partner, bytes);
}

function largestPowerOfTwo(worldSize: number): number {
  return 2 ** Math.floor(Math.log2(worldSize));
}
