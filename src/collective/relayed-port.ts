// A link between two ranks for browsers whose MessagePorts copy what they should transfer (Firefox: 64 MB in 300 ms, where a transfer takes
// less than one). Large buffers take another way, which transfers, and a mark in their place keeps the order: messages come out of the
// port as they went in, whichever way they went. What the other way is, is not known here (train/frame-relay.ts).

import type { LinkPort } from './port-transport.ts';

/** The other way to one peer: whole buffers, transferred, in order. */
export interface BufferRelay {
  send(buffer: ArrayBuffer): void;
  /** Sets who is called with each buffer that arrives. */
  onArrival(listener: (buffer: ArrayBuffer) => void): void;
  close(): void;
}

/** From here on copying costs more than the detour through another thread. */
const relayedFromBytes = 64 * 1024;

/** Stands on the port for a buffer that took the other way. */
const mark = 'relayed';

/** A port whose large buffers go by `relay`. */
export class RelayedPort extends EventTarget implements LinkPort {
  readonly #port: LinkPort;
  readonly #relay: BufferRelay;
  readonly #fromBytes: number;
  /** What the port brought and could not be handed on yet: a mark whose buffer is still under way, and what came behind it. */
  readonly #waiting: unknown[] = [];
  /** Buffers whose mark is still under way. */
  readonly #early: ArrayBuffer[] = [];

  /** Buffers of fewer bytes than `fromBytes` stay on the port. */
  constructor(port: LinkPort, relay: BufferRelay, fromBytes = relayedFromBytes) {
    super();
    this.#port = port;
    this.#relay = relay;
    this.#fromBytes = fromBytes;
    port.addEventListener('message', (event) => {
      this.#waiting.push('data' in event ? event.data : undefined);
      this.#handOn();
    });
    for (const type of ['messageerror', 'close'] as const) port.addEventListener(type, () => this.dispatchEvent(new Event(type)));
    relay.onArrival((buffer) => {
      this.#early.push(buffer);
      this.#handOn();
    });
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    if (message instanceof Float32Array && message.buffer instanceof ArrayBuffer && message.byteLength >= this.#fromBytes) {
      this.#port.postMessage(mark, []);
      this.#relay.send(message.buffer);
    } else this.#port.postMessage(message, transfer);
  }

  start(): void {
    this.#port.start();
  }

  close(): void {
    this.#relay.close();
    this.#port.close();
  }

  #handOn(): void {
    while (this.#waiting.length > 0) {
      let data = this.#waiting[0];
      if (data === mark) {
        const buffer = this.#early.shift();
        if (buffer === undefined) return;
        data = buffer.byteLength % Float32Array.BYTES_PER_ELEMENT === 0 ? new Float32Array(buffer) : null; // null is no message, and ends the link
      }
      this.#waiting.shift();
      this.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
}
