// One replica as the page holds it: the calls, what it posts, and its end. A handle is used for one program and then thrown away.

import { PlaygroundError } from '../core/errors.ts';
import { connect, workerDied } from '../rpc/connect.ts';
import type { Connection } from '../rpc/connect.ts';
import type { ReplicaProtocol, WarmOptions } from '../rpc/replica-protocol.ts';
import type { DeviceReport, ReplicaEvent } from '../train/telemetry.ts';
import { parseReplicaMessage } from './checked-telemetry.ts';
import { datasetBytes } from './dataset-bytes.ts';
import { portsCopy } from './ports-copy.ts';
import type { SandboxFrame, SandboxWorker } from './sandbox-frame.ts';

/** How long a dead worker's last messages are waited for. */
const drainMs = 100;

/** A worker in the sandbox, with its device. */
export class ReplicaHandle {
  /** Rejects when the worker or its device could not be had. */
  readonly warmed: Promise<DeviceReport>;
  /** Set by whoever uses the replica; events before that are dropped. */
  onEvents: ((events: readonly ReplicaEvent[]) => void) | null = null;
  /** Set by whoever keeps the replica warm: called when its device went away. */
  onLost: (() => void) | null = null;
  private readonly frame: SandboxFrame;
  private readonly started: Promise<{ readonly worker: SandboxWorker; readonly connection: Connection<ReplicaProtocol> }>;
  isRehearsed = false;
  private endedWith: Error | null = null;
  private diedOf: Error | null = null;
  private receivedCount = 0;
  private wake: (() => void) | null = null;
  /** When it last answered or posted, by performance.now(). */
  lastHeardAt = performance.now();

  /** `options` may take their time: the worker starts meanwhile. */
  constructor(frame: SandboxFrame, options: Promise<WarmOptions>) {
    this.frame = frame;
    this.started = frame.spawn().then((worker) => this.wire(worker));
    this.warmed = options
      .then((given) => this.call((remote) => remote.warm(given)))
      .then((report) => ({ ...report, notes: [...report.notes, ...frame.notes] }));
    this.warmed.catch(() => undefined); // whoever takes the handle awaits it; an idle pool must not raise an unhandled rejection
  }

  /** Why it can be called no more, ended from here or dead by itself; null while it lives. */
  get ending(): Error | null {
    return this.endedWith ?? this.diedOf;
  }

  /** Waits until it is warm and has compiled common GPU programs. */
  async rehearse(): Promise<void> {
    this.isRehearsed = true;
    await this.warmed;
    await this.call((remote) => remote.rehearse());
  }

  /** Calls the replica; rejects at once when it has ended or ends meanwhile. */
  async call<Result>(invoke: (remote: Connection<ReplicaProtocol>['remote']) => Promise<Result>): Promise<Result> {
    const { connection } = await this.started;
    if (this.endedWith !== null) throw this.endedWith;
    const answer = await invoke(connection.remote);
    this.lastHeardAt = performance.now();
    return answer;
  }

  /** Like `call`, for what is asked beside the work: an answer is no sign that the work goes on. Null where the replica has ended. */
  async ask<Result>(invoke: (remote: Connection<ReplicaProtocol>['remote']) => Promise<Result>): Promise<Result | null> {
    try {
      return await invoke((await this.started).connection.remote);
    } catch {
      return null; // whatever ended it is told to those who work with it
    }
  }

  /** Resolves when so many event messages have arrived: they travel on another port and may come after an answer. */
  async received(messageCount: number): Promise<void> {
    while (this.receivedCount < messageCount && this.ending === null) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** The group in which the frame passes large buffers on between these replicas, by rank; null where ports do that as well, or one has ended. */
  async relayWith(ranks: readonly ReplicaHandle[]): Promise<number | null> {
    try {
      this.frame.portsCopy ??= portsCopy((buffer) => this.call((remote) => remote.swallow(buffer)));
      if (!(await this.frame.portsCopy)) return null;
      return await this.frame.relay(await Promise.all(ranks.map(async ({ started }) => (await started).worker.id)));
    } catch {
      this.frame.portsCopy = null;
      return null; // whoever wires them calls each of them next, and hears what is wrong
    }
  }

  /** Ends the worker, whatever it is doing; every pending call rejects with `reason`. */
  end(reason: Error = new PlaygroundError('stopped', 'replica: ended.')): void {
    if (this.endedWith !== null) return;
    this.endedWith = reason;
    this.onEvents = null;
    this.wake?.();
    this.started.then(
      ({ worker, connection }) => {
        this.frame.terminate([worker.id]);
        worker.eventPort.close();
        connection.end(reason);
      },
      () => undefined, // it never started, so there is nothing to end
    );
  }

  private wire(worker: SandboxWorker): { worker: SandboxWorker; connection: Connection<ReplicaProtocol> } {
    const connection = connect<ReplicaProtocol>(worker.rpcPort);
    const died = (error: Error) => {
      this.diedOf ??= error;
      this.wake?.();
      connection.end(error);
    };
    void worker.failed.then(died);
    // Chromium tells the surviving port when the other side's worker is gone; elsewhere the frame's error event has to do.
    // What it posted before may still be under way on the other port, which closes behind it.
    const drained = new Promise<void>((resolve) => {
      worker.eventPort.addEventListener('close', () => resolve());
    });
    worker.rpcPort.addEventListener('close', () => {
      const patience = new Promise<void>((resolve) => {
        setTimeout(resolve, drainMs);
      });
      void Promise.race([drained, patience]).then(() => died(workerDied(`replica ${worker.id}`, 'its side of the connection closed')));
    });
    worker.eventPort.addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = parseReplicaMessage(event.data);
      if (message === null) return;
      this.lastHeardAt = performance.now();
      if (message.type === 'events') {
        this.receivedCount++;
        this.onEvents?.(message.events);
        this.wake?.();
      } else if (message.type === 'device-lost') this.onLost?.();
      else if (message.type === 'fault') this.end(killedByFault(message.step));
      else void this.provide(connection, message.name);
    });
    worker.eventPort.start();
    return { worker, connection };
  }

  private async provide({ remote }: Connection<ReplicaProtocol>, name: string): Promise<void> {
    try {
      await remote.provideBytes(name, await datasetBytes(name), '');
    } catch (error) {
      await remote.provideBytes(name, null, error instanceof Error ? error.message : String(error)).catch(() => undefined); // it has ended
    }
  }
}

function killedByFault(step: number): PlaygroundError {
  return new PlaygroundError('worker-died', `replica: its worker was ended at step ${step}, as a fault of its lane asks for.`, { step });
}
