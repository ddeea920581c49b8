// A polyline in the units of its axes: what decimation leaves of a curve. NaN in `y` is a gap. Kept from one drawing to the next, because
// arrays made anew for every frame cost more than the points in them.

/** Points in the order they are drawn. */
export class Points {
  #x = new Float64Array(1024);
  #y = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  push(x: number, y: number): void {
    if (this.#length === this.#x.length) this.#grow();
    this.#x[this.#length] = x;
    this.#y[this.#length] = y;
    this.#length += 1;
  }

  /** Interrupts the line. */
  gap(): void {
    if (this.#length > 0 && !Number.isNaN(this.y(this.#length - 1))) this.push(this.x(this.#length - 1), NaN);
  }

  /** NaN outside of `0 <= index < length`. */
  x(index: number): number {
    return index < this.#length ? (this.#x[index] ?? NaN) : NaN;
  }

  y(index: number): number {
    return index < this.#length ? (this.#y[index] ?? NaN) : NaN;
  }

  #grow(): void {
    const [x, y] = [new Float64Array(this.#x.length * 2), new Float64Array(this.#y.length * 2)];
    x.set(this.#x);
    y.set(this.#y);
    this.#x = x;
    this.#y = y;
  }
}
