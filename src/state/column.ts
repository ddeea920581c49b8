// A growable column of float64: what a run's per-step numbers are kept in. Doubling a typed array keeps appending cheap and
// leaves no garbage behind for each step, unlike rows of objects.

/** Numbers in the order they came. */
export class Column {
  #values = new Float64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** Replaces a value that is there. */
  set(index: number, value: number): void {
    if (index < this.#length) this.#values[index] = value;
  }

  /** The value at `index`; NaN outside of `0 <= index < length`. */
  at(index: number): number {
    return index < this.#length ? (this.#values[index] ?? NaN) : NaN;
  }

  /** The last value; NaN while empty. */
  last(): number {
    return this.at(this.#length - 1);
  }

  /** Where the values lie, for loops that cannot afford a call per value; only the first `length` are values. Stale after the next `push`. */
  get buffer(): Float64Array {
    return this.#values;
  }

  /** A view of everything so far, without a copy; stale after the next `push`. */
  view(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
