// The one error class of the project. It survives the worker boundary: `toWire` and `fromWire` keep code, details and cause,
// which a structured clone of an Error would drop. The page and the tests match on `code`, people read `message`, which is
// written "where: expected, got. What to do."

/** Every kind of failure that has its own card on the page. */
export type ErrorCode =
  | 'program-syntax' // the text is not TypeScript
  | 'program-import' // it imports something that is not offered
  | 'program-threw' // user code threw
  | 'program-invalid' // it returned or declared the wrong thing
  | 'config-invalid' // a number or an option that cannot be run
  | 'data-invalid' // an empty or ill-shaped dataset
  | 'shape-mismatch' // tensors do not fit together
  | 'not-finite' // the loss became NaN or infinite
  | 'replicas-differ' // ranks that should be identical are not
  | 'deadlock' // every rank waits for another
  | 'device-lost' // the GPU device went away
  | 'device-unavailable' // no adapter, or no device
  | 'device-changed' // another backend than the run began on
  | 'worker-died' // a worker ended while somebody waited for it
  | 'rank-lost' // one rank of several is gone, and the lane with it
  | 'stopped' // somebody pressed Stop
  | 'not-supported' // known, and not possible here
  | 'internal'; // our own bug

/** Plain data that says more: shapes, ranks, values. It must survive a structured clone. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A failure with a code, a message for people and plain details. */
export class PlaygroundError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'PlaygroundError';
    this.code = code;
    this.details = details;
  }
}

/** An error as plain data. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code: ErrorCode | null;
  readonly details: ErrorDetails;
  readonly stack: string;
  readonly cause: WireError | null;
}

const longestCauseChain = 8;

/** Any thrown value as plain data; a cause chain is cut after eight links. */
export function toWire(thrown: unknown, depth = 0): WireError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const hasCause = error.cause !== undefined && depth < longestCauseChain;
  return {
    name: error.name,
    message: error.message,
    code: error instanceof PlaygroundError ? error.code : null,
    details: error instanceof PlaygroundError ? error.details : {},
    stack: readableStack(error.stack ?? ''),
    cause: hasCause ? toWire(error.cause, depth + 1) : null,
  };
}

/**
 * A stack in which a `data:` module goes by the name in its `sourceURL`. WebKit ignores that name and writes the whole address, which is
 * the whole module, on every line; an address holds neither a colon nor a space behind its comma.
 */
export function readableStack(stack: string): string {
  return stack.replaceAll(/data:text\/javascript,[^:\s]*/g, (address) => {
    const name = /%23%20sourceURL%3D([\w.-]+)$/.exec(address)?.[1];
    return name ?? 'data:';
  });
}

/** The error a wire form stands for: a PlaygroundError where it had a code, else an Error of the same name. */
export function fromWire(wire: WireError): Error {
  const options = wire.cause === null ? {} : { cause: fromWire(wire.cause) };
  const error = wire.code === null ? new Error(wire.message, options) : new PlaygroundError(wire.code, wire.message, wire.details, options);
  error.name = wire.name;
  error.stack = wire.stack;
  return error;
}
