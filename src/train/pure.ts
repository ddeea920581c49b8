// A program's word that code of its own has no memory: what it computes follows from its inputs and weights alone. Nobody can tell that from
// outside, and a step that is replayed does not run such code any more (own-code.ts). The same contract as jax.jit's.

const promised = new WeakSet<object>();

/**
 * Says that a layer class, or a loss function, of the program's own computes from its inputs and weights alone: it does not count, look at a
 * clock, read values back, or keep anything from one call to the next. Then its steps are recorded and replayed. Returns what it is given. A class
 * that breaks its word goes on as it did when it was recorded; `+eager` shows whether one does.
 */
export function pure<Code extends ((...values: never[]) => unknown) | (abstract new (...values: never[]) => unknown)>(code: Code): Code {
  promised.add(code);
  return code;
}

/** Whether the program has said so of this class or function. */
export function isPure(code: object): boolean {
  return promised.has(code);
}
