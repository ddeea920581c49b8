// The answering end of a worker's RPC; only workers serve (see connect.ts for why the page does not).

import { expose } from 'comlink';
import './answer.ts';

/** Answers the calls of a `connect` on the other end of the port. */
export function serve(implementation: object, port: MessagePort): void {
  expose(implementation, port);
}
