// Options of a dataset come from a program, that is, from anybody: every one is checked and unknown names are refused, because a
// misspelt option that is silently ignored trains on other data than its author believes.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';

/** One option: its default and its range; whole numbers only, unless `isFraction`. */
export interface NumberOption {
  readonly standard: number;
  readonly least: number;
  readonly most: number;
  readonly isFraction?: boolean;
}

/** The options with defaults filled in. Throws `data-invalid`, naming the option, what was expected and what came. */
export function checkOptions<Name extends string>(
  where: string,
  given: unknown,
  options: Readonly<Record<Name, NumberOption>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(options);
  if (!isRecord(given)) throw invalid(where, `an object such as { ${names[0] ?? ''} }`, given);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PlaygroundError('data-invalid', `${where}: unknown option ${unknown}. It takes ${names.join(', ')}.`, { option: unknown });
  }
  const checked: Record<string, number> = {};
  for (const [name, option] of Object.entries<NumberOption>(options)) {
    const value = given[name] ?? option.standard;
    const isNumber = typeof value === 'number' && (option.isFraction === true || Number.isInteger(value));
    if (!isNumber || !(value >= option.least && value <= option.most)) {
      const kind = option.isFraction === true ? 'a number' : 'a whole number';
      throw invalid(`${where}.${name}`, `${kind} from ${option.least} to ${option.most}`, value);
    }
    checked[name] = value;
  }
  return checked as Record<Name, number>; // every name of `options` was visited
}

function invalid(where: string, expected: string, got: unknown): PlaygroundError {
  return new PlaygroundError('data-invalid', `${where}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}.`, { where });
}
