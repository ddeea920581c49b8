// The only script of runner.html, inlined there and allowed by its hash. It starts and ends workers, passes buffers on between workers of one
// lane where the browser's MessagePorts copy (relay.ts), and does nothing else: the
// frame's Content-Security-Policy, which its workers inherit, is what keeps user code from the network, and the opaque origin of a
// `data:` worker is what keeps it from storage. It listens to its parent alone; what a worker posts is only ever read as the
// reason why that worker could not start, or as a buffer for its peers.
//
// Where a host's or a company's policy refuses `data:` workers, a `blob:` worker stands in. It inherits the policy as well, but shares the
// page's origin, so its text first takes away every way to storage (worker-bootstrap.ts). The parent is told, and tells the reader.

import type { FrameCommand, FrameNotice } from './frame-protocol.ts';
import { RelayGroups } from './relay.ts';
import { withoutStorage, workerBootstrap } from './worker-bootstrap.ts';

type WorkerKind = 'data' | 'blob';

const workers = new Map<number, Worker>();
const relayGroups = new RelayGroups();
const addresses: Readonly<Record<WorkerKind, string>> = {
  data: `data:text/javascript,${encodeURIComponent(workerBootstrap)}`,
  blob: URL.createObjectURL(new Blob([withoutStorage, workerBootstrap], { type: 'text/javascript' })),
};
/** What this browser lets the frame start; found out by the first worker. */
let kind: WorkerKind = 'data';
let bundle = '';

function tellParent(notice: FrameNotice): void {
  parent.postMessage(notice, location.origin);
}

/** Starts a worker, as a `blob:` where `data:` is refused. The ports go over only once it answers, so that a second try still has them. */
function spawn(id: number, rpcPort: MessagePort, eventPort: MessagePort): void {
  const tried = kind;
  const refused = (): void => {
    workers.delete(id);
    if (tried === 'blob') {
      tellParent({ type: 'workers-refused', id });
      return;
    }
    if (kind === 'data') tellParent({ type: 'fell-back' });
    kind = 'blob';
    spawn(id, rpcPort, eventPort);
  };
  let worker: Worker;
  try {
    worker = new Worker(addresses[tried], { type: 'module', name: `replica ${id}` });
  } catch {
    refused(); // Some browsers throw what others report as an event; the reason is not told in either.
    return;
  }
  workers.set(id, worker);
  let hasAnswered = false;
  let isSettled = false; // by the second message or an error, which come before any user code runs; later ones are user code's
  const settle = (reason: string | null): void => {
    if (!isSettled && reason !== null) tellParent({ type: 'worker-failed', id, reason });
    isSettled = true;
  };
  worker.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (!hasAnswered) {
      hasAnswered = true;
      worker.postMessage({ text: bundle, rpcPort, eventPort }, [rpcPort, eventPort]);
    } else if (isSettled) relay(id, event.data);
    else settle(event.data === 'started' ? null : String(event.data));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    if (hasAnswered) settle(event.message ?? 'it ended with an error that the browser does not describe');
    else if (!isSettled) {
      isSettled = true;
      refused();
    }
  });
}

/** Passes a buffer on; anything else that user code may post goes nowhere. */
function relay(from: number, data: unknown): void {
  const delivery = relayGroups.route(from, data);
  if (delivery !== null) workers.get(delivery.to)?.postMessage(delivery.message, [delivery.message.buffer]);
}

function terminate(ids: readonly number[]): void {
  for (const id of ids) {
    workers.get(id)?.terminate();
    workers.delete(id);
    relayGroups.forget(id);
  }
}

addEventListener('message', (event: MessageEvent<FrameCommand>) => {
  if (event.source !== parent) return;
  const command = event.data;
  if (command.type === 'bundle') bundle = command.text;
  else if (command.type === 'spawn') spawn(command.id, command.rpcPort, command.eventPort);
  else if (command.type === 'relay') {
    relayGroups.add(command.group, command.ids);
    tellParent({ type: 'relaying', group: command.group });
  } else terminate(command.ids);
});

tellParent({ type: 'ready' });
