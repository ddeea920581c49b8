// The shortest edit from one list to another: which entries go, which come. Used for lines of text and for layers of a model. The greedy
// algorithm of Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), after what both ends have in common is set aside.

/** Places of the entries that only one of two lists has, ascending. */
export interface SequenceDiff {
  /** In the first list. */
  readonly removed: readonly number[];
  /** In the second list. */
  readonly added: readonly number[];
}

/** Above so many edits the middle is called all new: the search takes time and memory with their square. */
const mostEdits = 1000;

/** The edit from `before` to `after`. Entries are equal where their texts are. */
export function diffSequences(before: readonly string[], after: readonly string[]): SequenceDiff {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middle = diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return { removed: middle.removed.map((at) => at + start), added: middle.added.map((at) => at + start) };
}

function diffMiddle(a: readonly string[], b: readonly string[]): SequenceDiff {
  /** Per number of edits: how far along `a` each diagonal (place in a − place in b) has come. */
  const trail: ReadonlyMap<number, number>[] = [];
  const reached = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, mostEdits); edits += 1) {
    trail.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = comesFromAbove(reached, diagonal, edits) ? at(reached, diagonal + 1) : at(reached, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reached.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trail, a.length, b.length);
    }
  }
  return { removed: [...a.keys()], added: [...b.keys()] };
}

/** Whether the last edit on the way to a diagonal was an entry of the second list. */
function comesFromAbove(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && at(reached, diagonal - 1) < at(reached, diagonal + 1));
}

function walkBack(trail: readonly ReadonlyMap<number, number>[], lengthA: number, lengthB: number): SequenceDiff {
  const removed: number[] = [];
  const added: number[] = [];
  let [x, y] = [lengthA, lengthB];
  for (let edits = trail.length - 1; edits > 0; edits -= 1) {
    const reached = trail[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const isAdded = comesFromAbove(reached, diagonal, edits);
    const from = isAdded ? diagonal + 1 : diagonal - 1;
    x = at(reached, from);
    y = x - from;
    if (isAdded) added.unshift(y);
    else removed.unshift(x);
  }
  return { removed, added };
}

function at(reached: ReadonlyMap<number, number>, diagonal: number): number {
  return reached.get(diagonal) ?? -1;
}
