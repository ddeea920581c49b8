// What has arrived on one link and who waits for it. Messages that come early are kept in order; a peer that has left still delivers
// what it sent before, and only then do receives reject, because a rank may well finish and leave before its peers have read its
// last message.

/** One link's receiving end. */
export class Inbox {
  readonly #early: Float32Array<ArrayBuffer>[] = [];
  readonly #waiting: { readonly resolve: (message: Float32Array<ArrayBuffer>) => void; readonly reject: (reason: unknown) => void }[] = [];
  #ended: { readonly reason: unknown } | null = null;

  /** True while somebody waits for a message that has not come. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes a message that has arrived; one that comes after the end is dropped. */
  deliver(message: Float32Array<ArrayBuffer>): void {
    if (this.#ended !== null) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#early.push(message);
    else waiter.resolve(message);
  }

  /** The next message. Rejects with the reason of the end once nothing is left. */
  next(): Promise<Float32Array<ArrayBuffer>> {
    const message = this.#early.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#ended !== null) return Promise.reject(this.#ended.reason);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** No more will come: rejects whoever waits. The first reason stands. */
  end(reason: unknown): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    for (const waiter of this.#waiting.splice(0)) waiter.reject(reason);
  }

  /** Like `end`, and forgets what has arrived: this side has left. */
  discard(reason: unknown): void {
    this.#early.length = 0;
    this.end(reason);
  }
}
