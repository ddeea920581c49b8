// What happens next: a binary heap of events by time, those of the same time in the order they were put in, so that a simulation gives the
// same result every time.

interface Entry {
  readonly atSeconds: number;
  readonly order: number;
  readonly act: () => void;
}

/** Events to come. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #orderCount = 0;
  #nowSeconds = 0;

  /** The time of the event under way. */
  get nowSeconds(): number {
    return this.#nowSeconds;
  }

  /** Calls `act` in so many seconds. */
  after(seconds: number, act: () => void): void {
    this.#heap.push({ atSeconds: this.#nowSeconds + seconds, order: this.#orderCount++, act });
    let at = this.#heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Lets everything happen, whatever it brings about included. */
  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.#nowSeconds = next.atSeconds;
      next.act();
    }
  }

  #take(): Entry | undefined {
    const last = this.#heap.length - 1;
    if (last > 0) this.#swap(0, last);
    const first = this.#heap.pop();
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const smaller = left + 1 < this.#heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (smaller >= this.#heap.length || !this.#isBefore(smaller, at)) return first;
      this.#swap(at, smaller);
      at = smaller;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.atSeconds < other.atSeconds || (one.atSeconds === other.atSeconds && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
