// What a program's text says about its training without being run: the options passed to `experiment({ … })` or `program({ … }, …)`, its
// optimizer's among them, and the layers of its model in the order they are written. An option is known where it is a literal; anything
// computed (`data: () => …`) is code. `rest` is the text without all that, so that two programs can be asked whether anything else differs.

import { closingBracket, objectEntries, oneLine, splitAtCommas, withoutComments } from './source-scan.ts';
import type { WrittenEntry } from './source-scan.ts';

/** A layer as it is written: `tf.layers.dense({ units: 10 })`. */
export interface WrittenLayer {
  /** Such as `dense`. */
  readonly kind: string;
  /** Its arguments by name, as they are written. */
  readonly options: ReadonlyMap<string, string>;
  /** The whole call on one line: layers are the same where it is. */
  readonly text: string;
}

/** What a program's text says. */
export interface ProgramOptions {
  /** Values as they are written (`6e-3`), by name (`learningRate`, `steps`, `loss`). */
  readonly options: ReadonlyMap<string, string>;
  readonly layers: readonly WrittenLayer[];
  /** Lines of code that are neither, without comments and blank lines. */
  readonly rest: readonly string[];
}

const literal = /^(?:-?\d[\d_]*\.?\d*(?:e[+-]?\d+)?|-?\.\d+|true|false|null|'[^'\n]*'|"[^"\n]*"|`[^`$\n]*`)$/iu;
/** Lanes are said by the lane itself; a title trains nothing, nor do the exports below. */
const unread = new Set(['title', 'lanes']);
const untrained = /^export const (?:card|claims)\b[^=]*=\s*(?=[[{])/gmu;

/** Reads a program's text; one that cannot be read has no options and no layers, and is all rest. */
export function readProgramOptions(source: string): ProgramOptions {
  const text = withoutComments(source);
  const options = new Map<string, string>();
  const cuts: { readonly start: number; readonly end: number }[] = [];
  const take = (entry: WrittenEntry, name: string): void => {
    cuts.push(entry);
    options.set(name, entry.value);
  };

  for (const entry of declaredEntries(text)) {
    const opens = text[entry.valueStart] === '{';
    if (unread.has(entry.key)) cuts.push(entry);
    else if (literal.test(entry.value)) take(entry, entry.key);
    else if (opens && isFlat(text, entry))
      for (const inner of objectEntries(text, entry.valueStart)) take(inner, nestedName(entry.key, inner.key));
    else if (/^\[[^[\]{}()]*\]$/u.test(entry.value)) take(entry, entry.key);
  }
  for (const entry of optimizerEntries(text)) {
    const name = nestedName('optimizer', entry.key);
    if (!options.has(name)) take(entry, name);
  }
  for (const { index, 0: head } of text.matchAll(untrained)) {
    cuts.push({ start: index, end: (closingBracket(text, index + head.length) ?? index) + 1 });
  }
  const layers = [...writtenLayers(text)];
  return { options, layers: layers.map(({ layer }) => layer), rest: linesOf(blank(text, [...cuts, ...layers])) };
}

/** The value a text stands for: `0.001` and `1e-3` are one, `'adam'` and `"adam"` are. */
export function writtenValue(text: string): string {
  const number = Number(text.replaceAll('_', ''));
  if (text !== '' && Number.isFinite(number)) return String(number);
  return text.replace(/^(['"`])(.*)\1$/su, '$2');
}

/** The object that the program hands over as the first argument of its default export. */
function declaredEntries(text: string): readonly WrittenEntry[] {
  const call = /\b(?:experiment|program)\s*(?:<[^>]*>)?\(\s*(?=\{)/u.exec(text);
  return call === null ? [] : objectEntries(text, call.index + call[0].length);
}

/** The optimizer of a program that makes its own: `ctx.optim({ name: 'sgd', learningRate: 0.2 })`. */
function optimizerEntries(text: string): readonly WrittenEntry[] {
  const call = /\.optim\(\s*(?=\{)/u.exec(text);
  return call === null ? [] : objectEntries(text, call.index + call[0].length).filter(({ value }) => literal.test(value));
}

/** Whether every value of an object is a literal. */
function isFlat(text: string, { valueStart }: WrittenEntry): boolean {
  const entries = objectEntries(text, valueStart);
  const close = closingBracket(text, valueStart) ?? valueStart;
  return splitAtCommas(text, valueStart + 1, close).length === entries.length && entries.every(({ value }) => literal.test(value));
}

/** `optimizer.name` is the optimizer; what only an optimizer has needs no name before it. */
function nestedName(outer: string, inner: string): string {
  if (outer === 'optimizer') return inner === 'name' ? 'optimizer' : inner;
  return `${outer}.${inner}`;
}

function* writtenLayers(text: string): Iterable<{ readonly layer: WrittenLayer; readonly start: number; readonly end: number }> {
  for (const { index, 0: head, 1: kind = '' } of text.matchAll(/\btf\.layers\.(\w+)\s*(?=\()/gu)) {
    const open = index + head.length;
    const close = closingBracket(text, open);
    if (close === null) continue;
    const brace = open + 1 + (/^\s*/u.exec(text.slice(open + 1))?.[0].length ?? 0);
    const entries = text[brace] === '{' ? objectEntries(text, brace) : [];
    const layer = {
      kind,
      options: new Map(entries.map(({ key, value }) => [key, value])),
      text: `${kind}${oneLine(text.slice(open, close + 1))}`,
    };
    yield { layer, start: index, end: close + 1 + (/^\s*,/u.exec(text.slice(close + 1))?.[0].length ?? 0) };
  }
}

function blank(text: string, cuts: readonly { readonly start: number; readonly end: number }[]): string {
  let kept = text;
  for (const { start, end } of cuts) kept = kept.slice(0, start) + kept.slice(start, end).replaceAll(/[^\n]/gu, ' ') + kept.slice(end);
  return kept;
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [oneLine(line)]));
}
