// A file of reference cases: inputs and expected outputs of the field's own implementations (test/reference/README.md). It is somebody's
// file, so everything in it is checked before anything runs.

import { isRecord } from '../../core/is-record.ts';
import { UsageError } from '../usage-error.ts';

/** Values by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** One case. */
export interface ReferenceCase {
  /** `family/name`, such as `ddp/sampler-10-3-False`. */
  readonly id: string;
  readonly topic: string;
  /** What was run, or where the numbers were published. */
  readonly source: string;
  readonly input: Fields;
  readonly expected: Fields;
  /** Absolute. */
  readonly tol: number;
}

/** The cases of a file's text. Throws UsageError, naming the file and the case that is none. */
export function parseCases(text: string, file: string): readonly ReferenceCase[] {
  const cases = parseJson(text, file);
  if (!Array.isArray(cases)) {
    throw new UsageError(`${file}: expected a list of cases { id, topic, source, input, expected, tol }, got ${kindOf(cases)}.`);
  }
  return cases.map((value: unknown, index) => parseCase(value, `${file}: case ${index + 1}`));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new UsageError(`${file}: expected JSON, got something else (${thrown instanceof Error ? thrown.message : String(thrown)}).`);
  }
}

function parseCase(value: unknown, where: string): ReferenceCase {
  if (!isRecord(value)) throw new UsageError(`${where}: expected { id, topic, source, input, expected, tol }, got ${kindOf(value)}.`);
  const { id, topic, source = '', input, expected, tol = 0 } = value;
  const require = (holds: boolean, field: string, what: string): void => {
    if (!holds) throw new UsageError(`${where}: ${field}: expected ${what}, got ${kindOf(value[field])}.`);
  };
  require(typeof id === 'string' && id !== '', 'id', 'a text such as ddp/ring-bytes-2');
  require(typeof topic === 'string' && topic !== '', 'topic', 'a text');
  require(typeof source === 'string', 'source', 'a text');
  require(isRecord(input), 'input', 'an object');
  require(isRecord(expected), 'expected', 'an object');
  require(typeof tol === 'number' && tol >= 0, 'tol', 'a number from 0');
  return { id, topic, source, input, expected, tol } as ReferenceCase; // every field was checked above
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `${typeof value} ${JSON.stringify(value)}`;
}
