// How ranks reach each other. A collective knows only this interface, so that the same arithmetic runs over MessagePorts and, in
// tests, over memory. Links are point to point, ordered and reliable, as in torch's ProcessGroup; arrays change hands: whoever
// sends one must not touch it again.

/** One rank's end of all its links. */
export interface Transport {
  readonly rank: number;
  readonly worldSize: number;
  /** Bytes handed to links so far, message headers included. */
  readonly bytesSent: number;
  /** Bytes handed to the link to one rank. */
  bytesSentTo(rank: number): number;
  /** Messages handed to the link to one rank, and messages that one rank's link has brought here, taken or not; goodbyes count in neither. */
  messagesSentTo(rank: number): number;
  messagesReceivedFrom(rank: number): number;
  /** The rank whose message is waited for here; null while none is. */
  awaitedRank(): number | null;
  /** Sends an array that fills its whole buffer; the buffer is transferred and the array detached. Throws once closed. */
  send(to: number, message: Float32Array<ArrayBuffer>): void;
  /** The next message of a rank, in the order it sent them. Rejects once that rank has left or this end is closed. */
  recv(from: number): Promise<Float32Array<ArrayBuffer>>;
  /** A peer is known to be gone without a goodbye: whoever waits for it here waits no more. */
  lost(from: number): void;
  /** Leaves: tells every peer (with the reason, where there is one) and rejects what is pending here. A second call does nothing. */
  close(reason?: unknown): void;
}
