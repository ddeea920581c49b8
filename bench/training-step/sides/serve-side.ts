// Answers calls to a side, one after the other, wherever it lives: in a worker of a page or in a process of its own. What a side takes for its steps
// is timed here, beside it, so that no message is in the time.

import { copyBytesPerSecond } from './copy-bandwidth.ts';
import type { KernelClock } from './kernel-clock.ts';
import type { Side, SideCall, SideCalls, StartingPoint, Trainee } from './side.ts';

/** A call on its way, and its answer. */
export interface CallMessage {
  readonly id: number;
  readonly name: SideCall;
  readonly ask: unknown;
}
export type AnswerMessage = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

type Answers = { readonly [Name in SideCall]: (ask: SideCalls[Name]['ask']) => Promise<SideCalls[Name]['answer']> };

/** Returns what to call with each message; `post` gets the answers. Without a clock, kernels are not timed. */
export function serveSide(
  openSide: () => Promise<Side>,
  post: (message: AnswerMessage) => void,
  clock: KernelClock | null = null,
): (message: CallMessage) => void {
  const answers = answersOf(openSide, clock);
  let last: Promise<unknown> = Promise.resolve();
  return ({ id, name, ask }) => {
    // Whoever calls takes `ask` from the same table as the name.
    const call = answers[name] as (ask: unknown) => Promise<unknown>;
    last = last
      .then(() => call(ask))
      .then((answer) => post({ id, answer }))
      .catch((thrown: unknown) => post({ id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }));
  };
}

function answersOf(openSide: () => Promise<Side>, clock: KernelClock | null): Answers {
  let opened: Side | null = null;
  let trainee: Trainee | null = null;
  const side = (): Side => {
    if (opened === null) throw new Error('bench: expected an open side, got a call before open.');
    return opened;
  };
  const release = async (): Promise<null> => {
    await trainee?.dispose();
    trainee = null;
    return null;
  };
  return {
    async open() {
      opened = await openSide();
      return { adapter: opened.adapter };
    },
    async prepare({ model, start }): Promise<StartingPoint | null> {
      await release();
      const prepared = await side().prepare(model, start);
      ({ trainee } = prepared);
      return prepared.start;
    },
    async train({ stepCount }) {
      if (trainee === null) throw new Error('bench: expected a model, got train before prepare.');
      const cpuBefore = cpuMs();
      const startedAt = performance.now();
      const loss = await trainee.train(stepCount);
      const ms = performance.now() - startedAt;
      return { ms, cpuMs: cpuBefore === null ? null : (cpuMs() ?? 0) - cpuBefore, loss, execution: trainee.execution() };
    },
    async op({ name, count }) {
      const { opMs } = side();
      if (opMs === undefined) throw new Error('bench: expected a side that times single ops, got another.');
      return opMs(name, count);
    },
    product: ({ size, count }) => side().productMs(size, count),
    async kernels() {
      if (trainee === null || clock === null) throw new Error('bench: expected a model and a clock, got kernels without.');
      clock.start();
      await trainee.train(1);
      return clock.stop();
    },
    copy: () => copyBytesPerSecond(),
    release,
  };
}

/** Processor time of this process so far; null in a page. */
function cpuMs(): number | null {
  if (typeof process === 'undefined') return null;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
