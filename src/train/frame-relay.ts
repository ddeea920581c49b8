// The replica's end of the way through the sandbox frame: what this worker posts to the frame, the frame passes on to another rank of the same
// lane (runner/frame/relay.ts). A link between two workers would do, but no browser transfers over one that does not over a MessagePort.

import type { BufferRelay } from '../collective/relayed-port.ts';
import { isRecord } from '../core/is-record.ts';

/** What travels between a worker and the frame. */
export interface RelayedBuffer {
  /** The lane's links, as the page numbered them. */
  readonly group: number;
  /** On the way in: the rank that sent it. On the way out: the rank that gets it. */
  readonly rank: number;
  readonly buffer: ArrayBuffer;
}

/** The way from this worker to one rank of a group. */
export function relayTo(group: number, rank: number): BufferRelay {
  let listener: ((buffer: ArrayBuffer) => void) | null = null;
  const receive = ({ data }: MessageEvent<unknown>): void => {
    if (isRelayedBuffer(data) && data.group === group && data.rank === rank) listener?.(data.buffer);
  };
  return {
    send: (buffer) => self.postMessage({ group, rank, buffer } satisfies RelayedBuffer, { transfer: [buffer] }),
    onArrival: (next) => {
      listener = next;
      self.addEventListener('message', receive);
    },
    close: () => self.removeEventListener('message', receive),
  };
}

/** Whether a message is one to be relayed, or relayed. */
export function isRelayedBuffer(data: unknown): data is RelayedBuffer {
  return isRecord(data) && typeof data['group'] === 'number' && typeof data['rank'] === 'number' && data['buffer'] instanceof ArrayBuffer;
}
