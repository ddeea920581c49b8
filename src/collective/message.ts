// The header in front of every message: which call of the sender it belongs to. Each rank writes what it believes is going on and
// compares what it receives with that, so that ranks that drifted apart (another order, another length, another operation) are told
// so by name instead of hanging or adding up the wrong numbers. Four 32-bit words at the front of the transferred buffer:
// the number of the call, its kind with operation and root, its length in values, and the bytes' meaning (a magic number).

import { PlaygroundError } from '../core/errors.ts';

/** How values of several ranks become one. */
export type ReduceOp = 'sum' | 'mean';

const kinds = ['allReduce', 'reduce', 'broadcast', 'allGather', 'reduceScatter', 'gather', 'scatter', 'send', 'barrier'] as const;

/** A collective, or `send` for one message from rank to rank. */
export type CallKind = (typeof kinds)[number];

/** One call as every rank that takes part should see it. */
export interface Call {
  readonly kind: CallKind;
  readonly op: ReduceOp | null;
  /** The rank that gives or gets, for calls that have one. */
  readonly root: number | null;
  /** Values in the whole call, not in one chunk of it. Null where a rank takes what comes. */
  readonly length: number | null;
  /** Number of the call on this rank, counted from 1; of the message on this link for `send`. */
  readonly number: number;
}

/** 32-bit words before the payload. */
export const headerWords = 4;

const magic = 0x4c4b5331; // "LKS1"
const anyLength = 0xffffffff;
const ops: readonly (ReduceOp | null)[] = [null, 'sum', 'mean'];

/** Writes a call's header into the first words of a message. */
export function writeHeader(message: Float32Array<ArrayBuffer>, call: Call): void {
  const words = new Uint32Array(message.buffer, message.byteOffset, headerWords);
  words[0] = magic;
  words[1] = call.number;
  words[2] = kinds.indexOf(call.kind) | (ops.indexOf(call.op) << 8) | ((call.root === null ? 0 : call.root + 1) << 16);
  words[3] = call.length ?? anyLength;
}

/** Reads a header. Throws `internal` where there is none. */
export function readHeader(message: Float32Array<ArrayBuffer>, from: number): Call {
  if (message.length >= headerWords) {
    const words = new Uint32Array(message.buffer, message.byteOffset, headerWords);
    const [first, number = 0, packed = 0, length = 0] = words;
    const kind = kinds[packed & 0xff];
    const op = ops[(packed >>> 8) & 0xff];
    if (first === magic && kind !== undefined && op !== undefined) {
      return { kind, op, root: packed >>> 16 === 0 ? null : (packed >>> 16) - 1, length: length === anyLength ? null : length, number };
    }
  }
  throw new PlaygroundError('internal', `recv: expected a message of Lockstep from rank ${from}, got ${message.length} other values.`, {
    rank: from,
  });
}

/** Throws `replicas-differ` unless both ranks are in the same call. */
export function checkSameCall(rank: number, ours: Call, from: number, theirs: Call): void {
  const isSameKind = ours.kind === theirs.kind && ours.op === theirs.op && ours.root === theirs.root;
  if (isSameKind && ours.number === theirs.number && (ours.length === null || theirs.length === null || ours.length === theirs.length))
    return;
  const details = { rank, peer: from, ours, theirs };
  if (isSameKind && ours.number === theirs.number) {
    throw new PlaygroundError(
      'replicas-differ',
      `${ours.kind}: rank ${from} sent ${theirs.length} values, rank ${rank} sent ${ours.length}. Every replica must build the same model.`,
      details,
    );
  }
  throw new PlaygroundError(
    'replicas-differ',
    `${ours.kind}: rank ${from} is in ${describe(theirs)}, rank ${rank} in ${describe(ours)}. Every rank must make the same calls in the same order.`,
    details,
  );
}

function describe(call: Call): string {
  const parts = [call.op, call.root === null ? null : `${call.kind === 'send' ? 'to' : 'root'} ${call.root}`].filter(
    (part) => part !== null,
  );
  return `call ${call.number}, ${call.kind}(${parts.join(', ')})`;
}
