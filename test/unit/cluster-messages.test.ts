// The messages that the simulation moves are those that the real all-reduces send: both are recorded, link by link, for every world size
// from 1 to 9 and lengths that do not divide. And the bytes of the gradients, told from what rank 0 sent, are what went in.

import { describe, expect, it } from 'vitest';
import { clusterAlgorithms } from '../../src/cluster/algorithms/all-algorithms.ts';
import type { AllReduceTask, Move } from '../../src/cluster/algorithms/algorithm.ts';
import { gradientBytes } from '../../src/cluster/measured-lane.ts';
import { networks } from '../../src/cluster/networks.ts';
import { allReduceNames, type AllReduceName } from '../../src/collective/all-reduce.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { headerWords } from '../../src/collective/message.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';

const worldSizes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const lengths = [0, 1, 5, 64, 1001];

/** Payload bytes of every message, in order, by `from>to`. */
type Traffic = Readonly<Record<string, readonly number[]>>;

function add(traffic: Record<string, number[]>, from: number, to: number, bytes: number): void {
  (traffic[`${from}>${to}`] ??= []).push(bytes);
}

async function realTraffic(name: AllReduceName, worldSize: number, length: number): Promise<Traffic> {
  const traffic: Record<string, number[]> = {};
  const members = createMemoryTransports(worldSize).map((transport) => {
    const send = transport.send.bind(transport);
    transport.send = (to, message) => {
      add(traffic, transport.rank, to, message.byteLength - headerWords * 4);
      send(to, message);
    };
    return new ProcessGroup(transport, name);
  });
  await Promise.all(members.map((member) => member.allReduce(new Float32Array(length), 'sum')));
  return traffic;
}

const taskOf = (worldSize: number, bytes: number): AllReduceTask => ({
  worldSize,
  bytes,
  network: networks['10GbE'],
  fastNetwork: networks.NVLink,
  groupSize: 4,
  serverCount: 2,
});

function modelledTraffic(name: AllReduceName, task: AllReduceTask): Traffic {
  const traffic: Record<string, number[]> = {};
  for (let rank = 0; rank < task.worldSize; rank++) {
    for (const move of clusterAlgorithms[name].program(rank, task)) {
      if (move.kind === 'send') add(traffic, rank, move.to, move.bytes);
    }
  }
  return traffic;
}

describe.each(allReduceNames)('%s', (name) => {
  it.each(worldSizes)('sends in the simulation what it sends between %i ranks', async (worldSize) => {
    for (const length of lengths) {
      expect(modelledTraffic(name, taskOf(worldSize, length * 4))).toEqual(await realTraffic(name, worldSize, length));
    }
  });

  it.each([2, 3, 4, 5, 6, 8])('among %i ranks: the gradients’ bytes can be told from what rank 0 sent', async (worldSize) => {
    const length = 84_000; // which all of these divide; headers are 16 bytes a message
    const members = createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport, name));
    const steps = 3;
    for (let step = 0; step < steps; step++) {
      await Promise.all(members.map((member) => member.allReduce(new Float32Array(length), 'mean')));
    }
    const bytesSent = members[0]?.bytesSent ?? 0;
    const told = gradientBytes({ worldSize, allReduce: name, medianStepMs: 1, communicationMs: null, steps, bytesSent });
    const headerBytes = 2 * (worldSize - 1) * headerWords * 4;
    expect(told).toBeGreaterThanOrEqual(length * 4);
    expect(told).toBeLessThanOrEqual(length * 4 + headerBytes);
  });
});

describe('every send', () => {
  const countOf = (moves: readonly Move[], kind: Move['kind']): number => moves.filter((move) => move.kind === kind).length;

  it.each(Object.values(clusterAlgorithms))('of $name is received', (algorithm) => {
    for (const worldSize of [1, 2, 4, 8]) {
      const task = taskOf(worldSize, 4096);
      const moves = Array.from({ length: algorithm.nodeCount(task) }, (_, node) => [...algorithm.program(node, task)]).flat();
      expect(countOf(moves, 'receive')).toBe(countOf(moves, 'send'));
    }
  });
});
