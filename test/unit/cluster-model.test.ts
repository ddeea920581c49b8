// The closed forms against a simulation that moves every message through ports and calls no closed form: within 10 % for ring and tree
// over 2 to 64 ranks, on every network, from 1 KB to 100 MB. And the simulation against cases that can be worked out by hand.

import { describe, expect, it } from 'vitest';
import type { AllReduceTask, ClusterAlgorithm, Move } from '../../src/cluster/algorithms/algorithm.ts';
import { clusterAlgorithms } from '../../src/cluster/algorithms/all-algorithms.ts';
import type { ClusterAlgorithmName } from '../../src/cluster/algorithms/all-algorithms.ts';
import { networkNames, networks, parseNetwork } from '../../src/cluster/networks.ts';
import type { NetworkName } from '../../src/cluster/networks.ts';
import { simulateAllReduce, simulateStep } from '../../src/cluster/simulate.ts';
import { bucketsOf, modelStep } from '../../src/cluster/step-model.ts';

const sizes = [1024, 102_400, 1_024_000, 10_240_000, 100_000_000];
const tolerance = 0.1; // what the model promises; it keeps to 2 % here

const taskOf = (network: NetworkName, worldSize: number, bytes: number, rest: Partial<AllReduceTask> = {}): AllReduceTask => ({
  worldSize,
  bytes,
  network: networks[network],
  fastNetwork: networks.NVLink,
  groupSize: 8,
  serverCount: 4,
  ...rest,
});

/** The largest |model / simulation − 1|. */
function worstError(algorithm: ClusterAlgorithm, tasks: readonly AllReduceTask[]): number {
  return Math.max(...tasks.map((task) => Math.abs(algorithm.seconds(task) / simulateAllReduce(algorithm, task) - 1)));
}

const everyWorldSize = Array.from({ length: 63 }, (_, index) => index + 2);
/** Powers of two, their neighbours, primes; a ring has N² messages, so not all of them. */
const someWorldSizes = [2, 3, 4, 5, 8, 9, 13, 16, 24, 31, 32, 33, 64];

describe.each(networkNames)('on %s, 1 KB to 100 MB, the model is within 10 %% of the simulation', (network) => {
  const tasks = (worldSizes: readonly number[], rest?: Partial<AllReduceTask>): AllReduceTask[] =>
    worldSizes.flatMap((worldSize) => sizes.map((bytes) => taskOf(network, worldSize, bytes, rest)));

  it('for a tree over 2 to 64 ranks, powers of two or not', () => {
    expect(worstError(clusterAlgorithms.tree, tasks(everyWorldSize))).toBeLessThan(tolerance);
  });

  it('for a ring over 2 to 64 ranks', () => {
    expect(worstError(clusterAlgorithms.ring, tasks(someWorldSizes))).toBeLessThan(tolerance);
  });

  it('for all others over up to 24 ranks', () => {
    const few = someWorldSizes.filter((worldSize) => worldSize <= 24);
    const ragged = (groupSize: number): number[] => few.filter((worldSize) => worldSize < groupSize || worldSize % groupSize === 0);
    expect(worstError(clusterAlgorithms.direct, tasks(few))).toBeLessThan(tolerance);
    expect(worstError(clusterAlgorithms.naive, tasks(few))).toBeLessThan(tolerance);
    for (const groupSize of [2, 4, 8]) {
      expect(worstError(clusterAlgorithms.hierarchical, tasks(ragged(groupSize), { groupSize }))).toBeLessThan(tolerance);
    }
    for (const serverCount of [1, 3, 16]) {
      expect(worstError(clusterAlgorithms['parameter-server'], tasks(few, { serverCount }))).toBeLessThan(tolerance);
    }
  });
});

describe('a whole step', () => {
  it.each<{ readonly name: ClusterAlgorithmName; readonly hasOverlap: boolean }>([
    { name: 'ring', hasOverlap: false },
    { name: 'ring', hasOverlap: true },
    { name: 'tree', hasOverlap: false },
    { name: 'tree', hasOverlap: true },
  ])('in buckets, $name, overlap $hasOverlap: within 10 % of its simulation', ({ name, hasOverlap }) => {
    for (const network of networkNames) {
      for (const worldSize of [2, 6, 16]) {
        const { worldSize: _, bytes: __, ...task } = taskOf(network, worldSize, 0);
        const setting = {
          ...task,
          algorithm: clusterAlgorithms[name],
          microBatchSeconds: 0.1,
          gradientBytes: 40_000_000,
          bucketBytes: 8_000_000,
          hasOverlap,
          stragglerSigma: 0,
        };
        const simulated = simulateStep(setting.algorithm, taskOf(network, worldSize, 0), bucketsOf(setting, 0.1), 0.1);
        expect(Math.abs(modelStep(setting, worldSize).stepSeconds / simulated - 1)).toBeLessThan(tolerance);
      }
    }
  });
});

describe('the simulation', () => {
  const network = { alphaSeconds: 1, bytesPerSecond: 1 };
  /** An algorithm of fixed programs. */
  const scripted = (programs: readonly (readonly Move[])[]): ClusterAlgorithm => ({
    ...clusterAlgorithms.naive,
    nodeCount: () => programs.length,
    program: (node) => programs[node] ?? [],
  });
  const secondsOf = (...programs: readonly (readonly Move[])[]): number =>
    simulateAllReduce(scripted(programs), {
      worldSize: programs.length,
      bytes: 0,
      network,
      fastNetwork: network,
      groupSize: 1,
      serverCount: 1,
    });

  it('takes α + n/β for one message, both ways at once', () => {
    const exchange = (peer: number): Move[] => [
      { kind: 'send', to: peer, bytes: 3 },
      { kind: 'receive', from: peer },
    ];
    expect(secondsOf(exchange(1), exchange(0))).toBe(4);
  });

  it('lets messages queue at the sender’s port, α and bytes of each', () => {
    const sends: Move[] = [1, 2].map((to) => ({ kind: 'send', to, bytes: 3 }));
    expect(secondsOf(sends, [{ kind: 'receive', from: 0 }], [{ kind: 'receive', from: 0 }])).toBe(8);
  });

  it('lets messages queue at the receiver’s port, bytes only: their latencies overlap', () => {
    const receives: Move[] = [1, 2].map((from) => ({ kind: 'receive', from }));
    const sends: Move[] = [{ kind: 'send', to: 0, bytes: 3 }];
    expect(secondsOf(receives, sends, sends)).toBe(1 + 3 + 3);
  });

  it('lets in first what a rank waits for', () => {
    // Node 1's and node 2's messages knock at the same moment; node 0 waits for node 2's to go on.
    const receiver: Move[] = [
      { kind: 'receive', from: 2 },
      { kind: 'send', to: 3, bytes: 1 },
      { kind: 'receive', from: 1 },
    ];
    const sends: Move[] = [{ kind: 'send', to: 0, bytes: 3 }];
    expect(secondsOf(receiver, sends, sends, [{ kind: 'receive', from: 0 }])).toBe(7); // the other way round 9: 1 + 3 + 3 + 1 + 1
  });

  it('says who waits for whom where nobody can go on', () => {
    expect(() => secondsOf([{ kind: 'receive', from: 1 }], [{ kind: 'receive', from: 0 }])).toThrow(
      'simulate: node 0 waits for node 1 for ever.',
    );
  });
});

describe('numbers of a network', () => {
  it('are refused where no message could ever arrive', () => {
    expect(() => parseNetwork({ alphaSeconds: -1, bytesPerSecond: 1 })).toThrow('network.alphaSeconds');
    expect(() => parseNetwork({ alphaSeconds: 0, bytesPerSecond: 0 })).toThrow('network.bytesPerSecond');
    expect(parseNetwork({ alphaSeconds: 0, bytesPerSecond: 1 })).toEqual({ alphaSeconds: 0, bytesPerSecond: 1 });
  });

  it('of Ethernet leave room for the headers of every frame: 94.9 % of the line', () => {
    expect((networks['10GbE'].bytesPerSecond * 8) / 10e9).toBeCloseTo(0.949, 3);
  });
});
