// Bad usage is told apart from a failing program: it exits with 2 and shows how to ask for help, not a stack.

/** What the user typed cannot be meant; the message says what was expected, what came and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
