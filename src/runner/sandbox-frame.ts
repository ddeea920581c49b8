// The hidden frame that holds every replica worker. It is made once; each worker it starts gets two ports: one for calls, one on
// which it posts what it has to say.

import { replicaBundle, runnerPage } from 'virtual:lockstep/sandbox';
import { PlaygroundError } from '../core/errors.ts';
import type { FrameCommand, FrameNotice } from './frame/frame-protocol.ts';

/** A worker as the frame started it. */
export interface SandboxWorker {
  readonly id: number;
  readonly rpcPort: MessagePort;
  readonly eventPort: MessagePort;
  /** Resolves with the reason when it could not start; stays pending otherwise. */
  readonly failed: Promise<string>;
}

/** Starts and ends sandboxed workers. */
export class SandboxFrame {
  private readonly element: HTMLIFrameElement;
  private readonly ready: Promise<void>;
  private readonly failures = new Map<number, (reason: string) => void>();
  private nextId = 1;

  constructor() {
    this.element = document.createElement('iframe');
    this.element.hidden = true;
    this.element.title = 'Sandbox of the training workers';
    this.element.setAttribute('aria-hidden', 'true');
    const loaded = new Promise<void>((resolve) => {
      addEventListener('message', (event: MessageEvent<FrameNotice>) => {
        if (event.source !== this.element.contentWindow || event.origin !== location.origin) return;
        if (event.data.type === 'ready') resolve();
        else this.failures.get(event.data.id)?.(event.data.reason);
      });
    });
    this.element.src = new URL(runnerPage, document.baseURI).href;
    document.body.append(this.element);
    this.ready = Promise.all([loaded, fetchBundle()]).then(([, text]) => this.command({ type: 'bundle', text }));
  }

  /** Starts a worker. Throws `internal` when the sandbox's files cannot be loaded. */
  async spawn(): Promise<SandboxWorker> {
    await this.ready;
    const id = this.nextId++;
    const rpc = new MessageChannel();
    const events = new MessageChannel();
    const failed = new Promise<string>((resolve) => this.failures.set(id, resolve));
    this.command({ type: 'spawn', id, rpcPort: rpc.port2, eventPort: events.port2 }, [rpc.port2, events.port2]);
    return { id, rpcPort: rpc.port1, eventPort: events.port1, failed };
  }

  /** Ends workers at once, whatever they are doing. */
  terminate(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.failures.delete(id);
    this.command({ type: 'terminate', ids });
  }

  private command(command: FrameCommand, transferables: Transferable[] = []): void {
    this.element.contentWindow?.postMessage(command, location.origin, transferables);
  }
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
