// A transport that tells how long its rank waited for each message: the time between asking for it and having it, whether the peer had
// not sent it yet or the browser had not delivered it. Around any transport, so that neither it nor the arithmetic on top knows.

import type { Transport } from './transport.ts';

/** Hears of one wait, from and to in milliseconds of `performance.now()`. */
export type OnWait = (fromMs: number, toMs: number) => void;

/** The same links, with every `recv` timed. A wait that ends in a refusal counts as well. */
export function timeWaits(transport: Transport, onWait: OnWait): Transport {
  return {
    rank: transport.rank,
    worldSize: transport.worldSize,
    get bytesSent() {
      return transport.bytesSent;
    },
    bytesSentTo: (rank) => transport.bytesSentTo(rank),
    messagesSentTo: (rank) => transport.messagesSentTo(rank),
    messagesReceivedFrom: (rank) => transport.messagesReceivedFrom(rank),
    awaitedRank: () => transport.awaitedRank(),
    send: (to, message) => transport.send(to, message),
    async recv(from) {
      const askedAt = performance.now();
      try {
        return await transport.recv(from);
      } finally {
        onWait(askedAt, performance.now());
      }
    },
    lost: (rank) => transport.lost(rank),
    close: (reason) => transport.close(reason),
  };
}
