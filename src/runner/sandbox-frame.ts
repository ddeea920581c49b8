// The hidden frame that holds every replica worker. It is made once; each worker it starts gets two ports: one for calls, one on
// which it posts what it has to say.

import { replicaBundle, runnerPage } from 'virtual:lockstep/sandbox';
import { PlaygroundError } from '../core/errors.ts';
import { workerDied } from '../rpc/connect.ts';
import type { FrameCommand, FrameNotice } from './frame/frame-protocol.ts';

/** A worker as the frame started it. */
export interface SandboxWorker {
  readonly id: number;
  readonly rpcPort: MessagePort;
  readonly eventPort: MessagePort;
  /** Resolves with the reason when it could not start; stays pending otherwise. */
  readonly failed: Promise<Error>;
}

/** Starts and ends sandboxed workers. */
export class SandboxFrame {
  /** What the first lane of several ranks found out about this browser's ports. */
  portsCopy: Promise<boolean> | null = null;
  private readonly element: HTMLIFrameElement;
  private readonly ready: Promise<void>;
  private readonly failures = new Map<number, (reason: Error) => void>();
  private hasFallenBack = false;
  private nextId = 1;
  private nextGroup = 1;
  private readonly groupsUnderWay = new Map<number, () => void>();

  constructor() {
    this.element = document.createElement('iframe');
    this.element.hidden = true;
    this.element.title = 'Sandbox of the training workers';
    this.element.setAttribute('aria-hidden', 'true');
    const loaded = new Promise<void>((resolve) => {
      addEventListener('message', (event: MessageEvent<FrameNotice>) => {
        if (event.source !== this.element.contentWindow || event.origin !== location.origin) return;
        this.heard(event.data, resolve);
      });
    });
    this.element.src = new URL(runnerPage, document.baseURI).href;
    document.body.append(this.element);
    this.ready = Promise.all([loaded, fetchBundle()]).then(([, text]) => this.command({ type: 'bundle', text }));
  }

  /** What a reader should know about how workers are kept here; empty where it is as designed. */
  get notes(): readonly string[] {
    return this.hasFallenBack
      ? ['This site or browser refuses data: workers: programs run in blob: workers under the same policy, with storage taken away.']
      : [];
  }

  /** Starts a worker. Throws `internal` when the sandbox's files cannot be loaded. */
  async spawn(): Promise<SandboxWorker> {
    await this.ready;
    const id = this.nextId++;
    const rpc = new MessageChannel();
    const events = new MessageChannel();
    const failed = new Promise<Error>((resolve) => this.failures.set(id, resolve));
    this.command({ type: 'spawn', id, rpcPort: rpc.port2, eventPort: events.port2 }, [rpc.port2, events.port2]);
    return { id, rpcPort: rpc.port1, eventPort: events.port1, failed };
  }

  /** Lets these workers, by rank, send each other buffers through the frame; resolves with the number of their group once it is so. */
  async relay(ids: readonly number[]): Promise<number> {
    const group = this.nextGroup++;
    const isKnown = new Promise<void>((resolve) => this.groupsUnderWay.set(group, resolve));
    this.command({ type: 'relay', group, ids });
    await isKnown;
    return group;
  }

  /** Ends workers at once, whatever they are doing. */
  terminate(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.failures.delete(id);
    this.command({ type: 'terminate', ids });
  }

  private heard(notice: FrameNotice, becomeReady: () => void): void {
    if (notice.type === 'ready') becomeReady();
    else if (notice.type === 'relaying') {
      this.groupsUnderWay.get(notice.group)?.();
      this.groupsUnderWay.delete(notice.group);
    } else if (notice.type === 'fell-back') this.hasFallenBack = true;
    else if (notice.type === 'workers-refused') this.failures.get(notice.id)?.(workersRefused());
    else this.failures.get(notice.id)?.(workerDied(`replica ${notice.id}`, notice.reason));
  }

  private command(command: FrameCommand, transferables: Transferable[] = []): void {
    this.element.contentWindow?.postMessage(command, location.origin, transferables);
  }
}

function workersRefused(): PlaygroundError {
  return new PlaygroundError(
    'not-supported',
    'sandbox: expected this browser to start a worker, but it refused data: and blob: workers alike. Allow “worker-src data: blob:” where the page is hosted, or open it in another browser or without the extension that forbids them.',
  );
}

async function fetchBundle(): Promise<string> {
  const url = new URL(replicaBundle, document.baseURI).href;
  const response = await fetch(url).catch((cause: unknown) => {
    throw new PlaygroundError(
      'internal',
      `sandbox: ${url} could not be loaded. Reload the page; if it was saved to disk, serve it over http.`,
      {},
      { cause },
    );
  });
  if (!response.ok) throw new PlaygroundError('internal', `sandbox: ${url} answered ${response.status}. Reload the page.`);
  return response.text();
}
