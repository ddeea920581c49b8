// What the model and the simulation know of an all-reduce, a file each: a closed form for its seconds, and, apart from it, the messages every
// node sends and waits for. The closed form is checked against the simulation of those messages, which calls no closed form; the
// messages are checked against those that src/collective really sends (test/unit/cluster-messages.test.ts).
//
// Ports: a node has one full-duplex network port. Sending occupies the sender's for α + n/β, receiving the receiver's for the n/β during
// which bytes arrive; each direction carries one message at a time (the one-port model of Thakur, Rabenseifner and Gropp, 2005, section
// 3). So the N − 1 messages of `direct` queue on a port and cost what a ring's hops do: real networks overlap some of that latency, and
// the model gives it no credit for it. Additions are not charged (γ = 0).

import type { Network } from '../networks.ts';

/** One all-reduce of `bytes` (a multiple of 4: f32 values) on every one of `worldSize` ranks. */
export interface AllReduceTask {
  readonly worldSize: number;
  readonly bytes: number;
  readonly network: Network;
  /** Inside a group, for `hierarchical`. */
  readonly fastNetwork: Network;
  /** Ranks of a group, for `hierarchical`; they share one port to `network`. */
  readonly groupSize: number;
  /** Nodes beside the ranks, for `parameter-server`. */
  readonly serverCount: number;
}

/** What a node does next. `receive` waits, `send` does not. */
export type Move =
  | { readonly kind: 'send'; readonly to: number; readonly bytes: number }
  | { readonly kind: 'receive'; readonly from: number }
  /** Computes until so many seconds after the start. */
  | { readonly kind: 'compute'; readonly untilSeconds: number };

/** A node's moves, in order. */
export type Program = Iterable<Move>;

/** How a message travels: over which network, through which ports (numbers; equal numbers are the same port). */
export interface Route {
  readonly network: Network;
  readonly outPort: number;
  readonly inPort: number;
}

/** A way to all-reduce. */
export interface ClusterAlgorithm {
  readonly name: string;
  /** In N ranks, S bytes, α and β. */
  readonly formula: string;
  readonly source: string;
  /** The closed form, in seconds; 0 for one rank. */
  seconds(task: AllReduceTask): number;
  /** Ranks, and whoever else takes part. */
  nodeCount(task: AllReduceTask): number;
  /** The messages of one node. */
  program(node: number, task: AllReduceTask): Program;
  route(from: number, to: number, task: AllReduceTask): Route;
}

/** Bytes of an f32 value. */
export const valueBytes = 4;

export const send = (to: number, bytes: number): Move => ({ kind: 'send', to, bytes });
export const receive = (from: number): Move => ({ kind: 'receive', from });

/** Every node has a port of its own on the one network. */
export function flatRoute(from: number, to: number, { network }: AllReduceTask): Route {
  return { network, outPort: from, inPort: to };
}

/** Every rank takes part and nobody else. */
export function ranksOnly({ worldSize }: AllReduceTask): number {
  return worldSize;
}
