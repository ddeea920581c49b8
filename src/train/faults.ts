// Faults on demand: a rank that is late in every step (a straggler), and a rank that dies at a step.

import { PlaygroundError } from '../core/errors.ts';

/** `delay`: the rank waits so many milliseconds in every step before it computes. `kill`: its worker ends when it would begin the step. */
export type Fault =
  | { readonly kind: 'delay'; readonly rank: number; readonly ms: number }
  | { readonly kind: 'kill'; readonly rank: number; readonly step: number };

const longestDelayMs = 60_000;

/** Checks a list of faults. Throws `config-invalid`. */
export function parseFaults(value: unknown, place: string): readonly Fault[] {
  if (!Array.isArray(value)) throw invalid(place, "expected a list such as [{ kind: 'delay', rank: 1, ms: 50 }]", value);
  return value.map((entry, index) => parseFault(entry, `${place}[${index}]`));
}

/** `kill:2@30` and `delay:1@50` as the object form; the text itself where it is neither. */
export function readFault(text: string): unknown {
  const match = /^(delay|kill):(\d+)@(\d+)(?:ms)?$/.exec(text);
  if (match === null) return text;
  const [, kind, rank, amount] = match;
  return kind === 'delay' ? { kind, rank: Number(rank), ms: Number(amount) } : { kind, rank: Number(rank), step: Number(amount) };
}

/** The text that `readFault` reads. */
export function writeFault(fault: Fault): string {
  return fault.kind === 'delay' ? `delay:${fault.rank}@${fault.ms}ms` : `kill:${fault.rank}@${fault.step}`;
}

function parseFault(value: unknown, place: string): Fault {
  const { kind, rank, ms, step } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (!isCount(rank, 0)) throw invalid(place, 'expected delay:RANK@MS or kill:RANK@STEP', value);
  if (kind === 'delay' && isCount(ms, 1) && ms <= longestDelayMs) return { kind, rank, ms };
  if (kind === 'kill' && isCount(step, 1)) return { kind, rank, step };
  throw invalid(place, `expected a delay of 1 to ${longestDelayMs} ms or a kill at a step from 1`, value);
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function invalid(place: string, expectation: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: ${expectation}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
