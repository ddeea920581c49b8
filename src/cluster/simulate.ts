// A discrete-event simulation of nodes that send messages through ports: what the closed forms are checked against. It knows the messages of
// each node (algorithms/*.ts, `program`) and the rules of a port (algorithms/algorithm.ts), and calls no closed form.
//
// A message waits for its turn at the sender's port, is on its way for α, waits until the receiver's port is free, and passes through both
// for n/β. Where several wait for one port, the one that its rank is waiting for goes first, as where receives are posted (MPI's
// rendezvous, NCCL); otherwise the one that came first.

import { PlaygroundError } from '../core/errors.ts';
import type { AllReduceTask, ClusterAlgorithm, Move, Route } from './algorithms/algorithm.ts';
import { EventQueue } from './event-queue.ts';

/** A message at its sender or on its way. */
interface Message {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly route: Route;
}

interface Node {
  readonly moves: Iterator<Move>;
  /** Messages that have come and nobody has taken, by sender. */
  readonly come: Map<number, number>;
  awaited: number | null;
  isDone: boolean;
}

/** A direction of a port: what passes through it, and what waits. */
interface Port {
  isBusy: boolean;
  readonly waiting: Message[];
}

/** Nodes, ports and what is under way between them. */
class Simulation {
  readonly #events = new EventQueue();
  readonly #nodes: readonly Node[];
  readonly #routeOf: (from: number, to: number) => Route;
  readonly #outPorts = new Map<number, Port>();
  readonly #inPorts = new Map<number, Port>();
  #endSeconds = 0;

  constructor(programs: readonly Iterable<Move>[], routeOf: (from: number, to: number) => Route) {
    this.#routeOf = routeOf;
    this.#nodes = programs.map((program) => ({ moves: program[Symbol.iterator](), come: new Map(), awaited: null, isDone: false }));
  }

  /** Seconds until every node has made all its moves. Throws `internal` where they wait for each other for ever. */
  run(): number {
    for (const [index, node] of this.#nodes.entries()) this.#events.after(0, () => this.#advance(index, node));
    this.#events.run();
    const stuck = this.#nodes.findIndex(({ isDone }) => !isDone);
    if (stuck === -1) return this.#endSeconds;
    throw new PlaygroundError('internal', `simulate: node ${stuck} waits for node ${this.#nodes[stuck]?.awaited ?? 'nobody'} for ever.`);
  }

  /** Makes a node's moves until it has to wait. */
  #advance(index: number, node: Node): void {
    for (;;) {
      const { value: move, done } = node.moves.next();
      if (done === true) {
        node.isDone = true;
        this.#endSeconds = Math.max(this.#endSeconds, this.#events.nowSeconds);
        return;
      }
      if (move.kind === 'send') {
        this.#post({ from: index, to: move.to, bytes: move.bytes, route: this.#routeOf(index, move.to) });
      } else if (move.kind === 'receive') {
        if (!takeFrom(node, move.from)) {
          node.awaited = move.from;
          return;
        }
      } else if (move.untilSeconds > this.#events.nowSeconds) {
        this.#events.after(move.untilSeconds - this.#events.nowSeconds, () => this.#advance(index, node));
        return;
      }
    }
  }

  #post(message: Message): void {
    const port = portOf(this.#outPorts, message.route.outPort);
    port.waiting.push(message);
    if (!port.isBusy) this.#depart(port);
  }

  /** The next message in line leaves. */
  #depart(port: Port): void {
    const message = port.waiting.shift();
    port.isBusy = message !== undefined;
    if (message === undefined) return;
    this.#events.after(message.route.network.alphaSeconds, () => {
      const receiving = portOf(this.#inPorts, message.route.inPort);
      receiving.waiting.push(message);
      // Decided once everybody who knocks at this moment stands there.
      this.#events.after(0, () => {
        if (!receiving.isBusy) this.#letIn(receiving);
      });
    });
  }

  /** One of the messages that wait for a receiving port passes through it. */
  #letIn(port: Port): void {
    const awaited = port.waiting.findIndex(({ from, to }) => this.#nodes[to]?.awaited === from);
    const [message] = port.waiting.splice(Math.max(0, awaited), 1);
    port.isBusy = message !== undefined;
    if (message === undefined) return;
    this.#events.after(message.bytes / message.route.network.bytesPerSecond, () => this.#arrive(message, port));
  }

  #arrive(message: Message, port: Port): void {
    const node = this.#nodes[message.to];
    if (node === undefined) throw new PlaygroundError('internal', `simulate: there is no node ${message.to}.`);
    node.come.set(message.from, (node.come.get(message.from) ?? 0) + 1);
    if (node.awaited === message.from && takeFrom(node, message.from)) {
      node.awaited = null;
      this.#advance(message.to, node);
    }
    this.#depart(portOf(this.#outPorts, message.route.outPort));
    this.#letIn(port);
  }
}

/** Simulated seconds of one all-reduce, all ranks starting at once. */
export function simulateAllReduce(algorithm: ClusterAlgorithm, task: AllReduceTask): number {
  return simulatePrograms(algorithm, task, (node) => algorithm.program(node, task));
}

/** A bucket of a step: when its gradients are ready, and how large it is. */
export interface SimulatedBucket {
  readonly readySeconds: number;
  readonly bytes: number;
}

/** Simulated seconds of a step: each rank reduces one bucket after the other, none before it is ready, and computes for `computeSeconds`. */
export function simulateStep(
  algorithm: ClusterAlgorithm,
  task: AllReduceTask,
  buckets: readonly SimulatedBucket[],
  computeSeconds: number,
): number {
  return simulatePrograms(algorithm, task, function* (node) {
    for (const { readySeconds, bytes } of buckets) {
      yield { kind: 'compute', untilSeconds: readySeconds };
      yield* algorithm.program(node, { ...task, bytes });
    }
    yield { kind: 'compute', untilSeconds: computeSeconds };
  });
}

function simulatePrograms(algorithm: ClusterAlgorithm, task: AllReduceTask, programOf: (node: number) => Iterable<Move>): number {
  const programs = Array.from({ length: algorithm.nodeCount(task) }, (_, node) => programOf(node));
  return new Simulation(programs, (from, to) => algorithm.route(from, to, task)).run();
}

function portOf(ports: Map<number, Port>, number: number): Port {
  const known = ports.get(number) ?? { isBusy: false, waiting: [] };
  ports.set(number, known);
  return known;
}

function takeFrom(node: Node, from: number): boolean {
  const count = node.come.get(from) ?? 0;
  if (count > 0) node.come.set(from, count - 1);
  return count > 0;
}
