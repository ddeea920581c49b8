// The calling end of a worker's RPC. comlink does the calls; this file adds what comlink lacks: when the worker dies, every
// pending call rejects, and errors keep their `code`, `details` and `cause`.
//
// The page only ever calls; it serves nothing. comlink's `expose` lets the other end walk any path of the exposed object
// (`constructor.constructor`), so exposing one to a sandboxed worker would be a hole. Answers are filtered too: plain values and
// errors pass, a `proxy` handle does not.

import { transfer, wrap } from 'comlink';
import { PlaygroundError } from '../core/errors.ts';
import { isErrorAnswer, isPlainAnswer, readErrorAnswer } from './answer.ts';

/** A protocol seen from the calling end: every method returns a promise. */
export type Remote<Protocol> = {
  readonly [Method in keyof Protocol]: Protocol[Method] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** One end of a connection to a worker. */
export interface Connection<Protocol> {
  readonly remote: Remote<Protocol>;
  /** Rejects every pending and every later call with this error, and closes the port. */
  end(error: Error): void;
}

/** Marks a value so that `transferables` move to the other side rather than being copied. */
export { transfer };

/** Opens the calling end on a port whose other end is given to `serve`. */
export function connect<Protocol extends object>(port: MessagePort): Connection<Protocol> {
  const pending = new Set<(error: Error) => void>();
  let ended: Error | null = null;
  const callee = wrap<Record<string, (...args: unknown[]) => unknown>>(answersOnly(port));

  const call = (method: string, args: unknown[]): Promise<unknown> => {
    if (ended !== null) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      pending.add(reject);
      const settle = (finish: () => void) => {
        pending.delete(reject);
        finish();
      };
      const invoke = callee[method] as (...args: unknown[]) => Promise<unknown>; // comlink's proxy answers every name with a callable
      invoke(...args).then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(readErrorAnswer(error))),
      );
    });
  };

  const remote = new Proxy({} as Remote<Protocol>, {
    get: (_target, method) => (typeof method === 'string' && method !== 'then' ? (...args: unknown[]) => call(method, args) : undefined),
  });
  return {
    remote,
    end(error) {
      if (ended !== null) return;
      ended = error;
      for (const reject of pending) reject(error);
      pending.clear();
      port.close();
    },
  };
}

/** The error for a worker that ended while it was still needed. */
export function workerDied(who: string, reason: string): PlaygroundError {
  return new PlaygroundError(
    'worker-died',
    `${who}: the worker ended, ${reason}. Run again; if it happens every time, the program closes its own worker or the browser ran out of memory.`,
  );
}

function answersOnly(port: MessagePort): MessagePort {
  const listeners = new Map<EventListenerOrEventListenerObject, (event: Event) => void>();
  const filtered = {
    postMessage: (message: unknown, transferables: Transferable[]) => port.postMessage(message, transferables),
    start: () => port.start(),
    addEventListener(type: string, listener: EventListenerOrEventListenerObject) {
      const filter = (event: Event) => {
        const { data } = event as MessageEvent<unknown>;
        if (!isPlainAnswer(data) && !isErrorAnswer(data)) return;
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      listeners.set(listener, filter);
      port.addEventListener(type, filter);
    },
    removeEventListener(type: string, listener: EventListenerOrEventListenerObject) {
      const filter = listeners.get(listener);
      if (filter !== undefined) port.removeEventListener(type, filter);
    },
  };
  return filtered as unknown as MessagePort; // the subset of MessagePort that comlink uses as an endpoint
}
