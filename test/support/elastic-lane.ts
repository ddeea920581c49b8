// A lane whose ranks are real (runtime, experiment, process group, message ports) and live in this thread instead of workers, so that
// they can be killed at any turn of its event loop. A killed rank goes on computing unseen, as no thread of ours can be stopped from outside;
// but nothing it does gets out any more: its ports are closed, its posts and answers dropped.

import { createPortTransport } from '../../src/collective/port-transport.ts';
import type { LinkPort } from '../../src/collective/port-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { PlaygroundError } from '../../src/core/errors.ts';
import { hashHex } from '../../src/core/hash.ts';
import type { Prng } from '../../src/core/prng.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { readWeights } from '../../src/engine/weights-hash.ts';
import { workerDied } from '../../src/rpc/connect.ts';
import { LaneRun } from '../../src/runner/lane-run.ts';
import type { ReplicaHandle } from '../../src/runner/replica-handle.ts';
import type { MembershipChange } from '../../src/runner/results.ts';
import { loseRank, restAfterLoss, takeSeat } from '../../src/train/elastic-rank.ts';
import type { NewSeat } from '../../src/train/elastic-rank.ts';
import { EventStream } from '../../src/train/event-stream.ts';
import type { Experiment } from '../../src/train/experiment.ts';
import { parseLane } from '../../src/train/lane.ts';
import type { Lane } from '../../src/train/lane.ts';
import type { PeerLinks } from '../../src/train/peer-links.ts';
import { RankRuntime } from '../../src/train/rank-runtime.ts';
import { StepSpans } from '../../src/train/step-spans.ts';
import type { ReplicaEvent } from '../../src/train/telemetry.ts';
import { prepareExperiment } from '../../src/train/train-experiment.ts';
import type { PreparedExperiment } from '../../src/train/train-experiment.ts';

type Assignment = { readonly rank: number; readonly lane: Lane; readonly seed: number; readonly steps: number };

/** So many turns of the event loop. */
export function turns(count: number): Promise<void> {
  return count <= 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(() => resolve(turns(count - 1))));
}

/** One rank, and the page's handle on it. */
class RankInNode {
  ending: Error | null = null;
  onEvents: ((events: readonly ReplicaEvent[]) => void) | null = null;
  readonly warmed = Promise.resolve({ backend: 'cpu' });
  lastHeardAt = 0;
  private readonly spec: Experiment;
  private readonly engine: Engine;
  private readonly prng: Prng;
  private readonly closesPorts: boolean;
  private ports: MessagePort[] = [];
  private isDead = false;
  /** Messages to its peers until it dies: in the middle of a collective, some have heard from it and some have not. */
  messagesLeft = Number.POSITIVE_INFINITY;
  private runtime: RankRuntime | null = null;
  private experiment: PreparedExperiment | null = null;
  private group: ProcessGroup | null = null;
  private posted = 0;
  private receivedCount = 0;
  /** Calls and posts take their time, and arrive in the order in which they were sent. */
  private calls = Promise.resolve();
  private posts = Promise.resolve();
  private die: (error: Error) => void = () => undefined;
  private readonly death: Promise<never>;
  private readonly events = new EventStream((events) => {
    if (this.isDead) return;
    this.posted++;
    this.post(() => {
      this.receivedCount++;
      this.onEvents?.(events);
    });
  });

  constructor(spec: Experiment, engine: Engine, prng: Prng, closesPorts: boolean) {
    this.spec = spec;
    this.engine = engine;
    this.prng = prng;
    this.closesPorts = closesPorts;
    this.death = new Promise((_, reject) => {
      this.die = reject;
    });
    this.death.catch(() => undefined);
  }

  /** Ends it as a crash would: what it has posted still arrives, then the news of its death. */
  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    if (this.closesPorts) for (const port of this.ports) port.close();
    this.post(() => this.end(workerDied('replica', 'killed by the test')));
  }

  end(error: Error = new Error('ended')): void {
    this.isDead = true;
    for (const port of this.ports) port.close();
    this.ending ??= error;
    this.die(error);
  }

  async call<Result>(invoke: (remote: Record<string, (...values: never[]) => unknown>) => Promise<Result>): Promise<Result> {
    if (this.ending !== null) throw this.ending;
    const arrived = (this.calls = this.calls.then(() => turns(Math.floor(this.prng.next() * 3))));
    await Promise.race([arrived, this.death]);
    const answer = new Promise<Result>((resolve, reject) => {
      if (this.isDead) return; // nobody is there to answer
      const settle = (act: () => void) => void (this.isDead || setImmediate(() => this.isDead || act()));
      Promise.resolve(invoke(this.remote as never)).then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
    return Promise.race([answer, this.death]);
  }

  relayWith(): Promise<null> {
    return Promise.resolve(null);
  }

  /** No answer: on a busy machine a lane is silent for a second now and then, and that is no deadlock. */
  ask(): Promise<null> {
    return Promise.resolve(null);
  }

  async received(count: number): Promise<void> {
    while (this.receivedCount < count && this.ending === null) await turns(1);
  }

  private post(deliver: () => void): void {
    this.posts = this.posts.then(() => turns(Math.floor(this.prng.next() * 2))).then(deliver);
  }

  private join(rank: number, lane: Lane, { ports }: PeerLinks): ProcessGroup {
    const links = ports.map((port): LinkPort | null => {
      if (port === null) return null;
      this.ports.push(port);
      return {
        postMessage: (message, transfer) => {
          if (this.isDead) return;
          port.postMessage(message, transfer as never);
          if (--this.messagesLeft === 0) this.kill();
        },
        addEventListener: (type, listener) => {
          if (type !== 'close' || this.closesPorts) port.addEventListener(type, listener);
        },
        start: () => port.start(),
        close: () => port.close(),
      };
    });
    this.group = new ProcessGroup(createPortTransport(rank, links), lane.allReduce);
    return this.group;
  }

  private get prepared() {
    const { runtime, experiment, group } = this;
    if (runtime === null || experiment === null || group === null) throw new Error('not prepared');
    return { runtime, experiment, group };
  }

  private readonly remote = {
    load: () => Promise.resolve(),
    prepare: async ({ rank, lane, seed, steps }: Assignment, links: PeerLinks) => {
      const group = this.join(rank, lane, links);
      const spans = new StepSpans(rank);
      this.experiment = await prepareExperiment(this.spec, { engine: this.engine, group, lane, seed, steps, spans });
      const { scaler } = this.experiment;
      const { engine, events } = this;
      const die = (step: number) => this.post(() => this.end(new PlaygroundError('worker-died', 'replica: a fault.', { step })));
      this.runtime = new RankRuntime({ engine, group, lane, seed, events, spans, die, isMeasured: false, isLossScaled: scaler !== null });
      this.runtime.optimizers.push(this.experiment.optimizer);
    },
    advance: async (count: number) => {
      const { runtime, experiment } = this.prepared;
      const isDone = await runtime.advance(count, experiment.train);
      this.events.flush();
      return { isDone, step: runtime.step, messageCount: this.posted };
    },
    hold: () => this.prepared.runtime.hold(),
    inspect: () => undefined,
    setLearningRate: (rate: number) => this.prepared.runtime.setLearningRate(rate),
    lost: (rank: number) => loseRank(this.prepared.group, this.prepared.runtime, rank),
    rest: async () => {
      const step = await restAfterLoss(this.prepared.runtime, this.prepared.experiment);
      this.events.flush();
      return { step, messageCount: this.posted };
    },
    tellAfter: (step: number) => {
      this.prepared.runtime.tellAfter(step);
      return this.posted;
    },
    takeSeat: async (seat: NewSeat, links: PeerLinks) => {
      const { runtime, experiment } = this.prepared;
      await takeSeat(this.join(seat.rank, parseLane('4xfp32', 'lane'), links), runtime, experiment, seat);
    },
    finish: async () => {
      const { runtime, experiment, group } = this.prepared;
      const weights = await readWeights(experiment.variables);
      return { step: runtime.step, messageCount: this.posted, weightsHash: hashHex(weights), weights: group.rank === 0 ? weights : [] };
    },
  };
}

/** A lane, its ranks and what the page has heard of it. */
export function createElasticLane(options: {
  readonly spec: Experiment;
  readonly engine: Engine;
  readonly lane: string;
  readonly prng: Prng;
  /** Whether the browser tells a port that its other end is gone: Chromium does, others do not. */
  readonly closesPorts: boolean;
}) {
  const lane = parseLane(options.lane, 'lane');
  const { spec, engine, prng, closesPorts } = options;
  const ranks = Array.from({ length: lane.worldSize }, () => new RankInNode(spec, engine, prng, closesPorts));
  const events: ReplicaEvent[] = [];
  const changes: MembershipChange[] = [];
  const run = new LaneRun(
    {
      lane,
      program: { parts: [''], imports: [] },
      seed: spec.seed,
      steps: spec.steps,
      kernelVariants: {},
      timedSteps: 1,
      device: null,
      onEvents: (heard) => events.push(...heard),
      onMembership: (change) => changes.push(change),
    },
    ranks as unknown as ReplicaHandle[], // the part of it that a lane uses
  );
  const losses = () => events.flatMap((event) => (event.type === 'steps' ? [...event.batch.loss] : []));
  const steps = () => events.flatMap((event) => (event.type === 'steps' ? [...event.batch.step] : []));
  const evaluations = () => events.flatMap((event) => (event.type === 'eval' ? [event.point.step] : []));
  return { run, ranks, changes, losses, steps, evaluations };
}
