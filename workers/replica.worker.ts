// Entry of the replica bundle: the sandbox's worker imports it and calls `startReplica` with its two ports and with the way in which
// this browser imports a text.

import type { ReplicaProtocol } from '../src/rpc/replica-protocol.ts';
import { serve } from '../src/rpc/serve.ts';
import { Replica } from '../src/train/replica.ts';

export function startReplica(rpcPort: MessagePort, eventPort: MessagePort, addressOf: (text: string) => string): void {
  const replica: ReplicaProtocol = new Replica((message) => eventPort.postMessage(message), addressOf);
  serve(replica, rpcPort);
}
