// The only script of runner.html, inlined there and allowed by its hash. It starts and ends workers and does nothing else: the
// frame's Content-Security-Policy, which its workers inherit, is what keeps user code from the network, and the opaque origin of a
// `data:` worker is what keeps it from storage. It listens to its parent alone; what a worker posts is only ever read as the
// reason why that worker could not start.

import type { FrameCommand, FrameNotice } from './frame-protocol.ts';
import { workerBootstrap } from './worker-bootstrap.ts';

const workers = new Map<number, Worker>();
const bootstrapAddress = `data:text/javascript,${encodeURIComponent(workerBootstrap)}`;
let bundle = '';

function tellParent(notice: FrameNotice): void {
  parent.postMessage(notice, location.origin);
}

function spawn(id: number, rpcPort: MessagePort, eventPort: MessagePort): void {
  try {
    const worker = new Worker(bootstrapAddress, { type: 'module', name: `replica ${id}` });
    workers.set(id, worker);
    let isSettled = false; // by the first message or error, which comes before any user code runs; later ones are user code's
    const settle = (reason: string | null) => {
      if (!isSettled && reason !== null) tellParent({ type: 'worker-failed', id, reason });
      isSettled = true;
    };
    worker.addEventListener('message', (event: MessageEvent<unknown>) => settle(event.data === 'started' ? null : String(event.data)));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      settle(event.message ?? 'the browser refused a data: worker'); // a refusal has no message
    });
    worker.postMessage({ text: bundle, rpcPort, eventPort }, [rpcPort, eventPort]);
  } catch (error) {
    tellParent({ type: 'worker-failed', id, reason: String(error) });
  }
}

function terminate(ids: readonly number[]): void {
  for (const id of ids) {
    workers.get(id)?.terminate();
    workers.delete(id);
  }
}

addEventListener('message', (event: MessageEvent<FrameCommand>) => {
  if (event.source !== parent) return;
  const command = event.data;
  if (command.type === 'bundle') bundle = command.text;
  else if (command.type === 'spawn') spawn(command.id, command.rpcPort, command.eventPort);
  else terminate(command.ids);
});

tellParent({ type: 'ready' });
