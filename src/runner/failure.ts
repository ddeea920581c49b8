// An error as the card shows it: what happened, where in the user's own source, what to do about it.

import { PlaygroundError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { RunFailure } from './run-events.ts';
import type { CompiledProgram } from './run-request.ts';
import { findSourcePlace, placeOfOffset } from './source-place.ts';

const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  'program-threw': 'The line above is the innermost one of your program. The lanes beside it went on.',
  'not-finite': 'Lower the learning rate, look for log or division of zero, or normalise the data. In fp16, keep lossScale at dynamic.',
  'device-lost':
    'The GPU device went away: the driver was reset, or memory ran out. Run again; if it repeats, use a smaller batch or fewer ranks.',
  'device-unavailable': 'Update the browser or its graphics driver, or run the program with fewer ranks.',
  'device-changed': 'Run again. If the GPU comes back, reload the page to use it.',
  'worker-died': 'Run again.',
  internal: 'This is a bug of Lockstep, not of your program. Your code and drafts are safe; reloading the page is safe too.',
};

/** Describes an error for the card. `lane` is its label, `rank` the rank that threw, where known. */
export async function describeFailure(
  error: unknown,
  program: CompiledProgram,
  lane: string | null = null,
  rank: number | null = null,
): Promise<RunFailure> {
  const known = error instanceof PlaygroundError ? error : null;
  const code = known?.code ?? 'program-threw';
  const stack = stackOf(error);
  const offset = known?.details['offset'];
  const place = await (typeof offset === 'number'
    ? placeOfOffset(program, offset)
    : findSourcePlace(program, stack, known?.details['place']));
  const message = error instanceof Error ? (known === null ? `${error.name}: ${error.message}` : error.message) : String(error);
  return { code, message, hint: hints[code] ?? null, lane, rank, place, stack };
}

/** The stacks of an error and its causes, innermost cause first: that is where the user's line is. */
function stackOf(error: unknown): string {
  const stacks: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) stacks.unshift(each.stack ?? '');
  return stacks.join('\n');
}
