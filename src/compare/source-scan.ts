// Enough of TypeScript's text to find a call's arguments without running or parsing it: comments, strings and brackets. Template texts
// with `${…}` and regular expressions that hold quotes are beyond it; what it cannot read it leaves out, and then a difference counts as code.

/** An `a: b` of an object written in a text, and where its value stands. */
export interface WrittenEntry {
  readonly key: string;
  /** Without comments, spaces joined. */
  readonly value: string;
  /** Where the value begins. */
  readonly valueStart: number;
  /** Key, value and the comma behind it: `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

const openers = '([{';
const closers = ')]}';

/** A text of the same length in which comments are spaces; strings stay. */
export function withoutComments(source: string): string {
  return source.replaceAll(/(['"`])(?:\\.|(?!\1)[^\\])*?\1|\/\/[^\n]*|\/\*[^]*?\*\//gu, (found) =>
    found.startsWith('/') ? found.replaceAll(/[^\n]/gu, ' ') : found,
  );
}

/** Where the bracket opened at `open` is closed; null where it is not. `text` is without comments. */
export function closingBracket(text: string, open: number): number | null {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '"' || sign === "'" || sign === '`') at = endOfString(text, at);
    else if (openers.includes(sign)) depth += 1;
    else if (closers.includes(sign)) depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

/** The entries of the object whose brace is at `open`; methods, spreads and shorthands are left out. `text` is without comments. */
export function objectEntries(text: string, open: number): readonly WrittenEntry[] {
  const close = closingBracket(text, open);
  if (close === null) return [];
  return splitAtCommas(text, open + 1, close).flatMap(({ start, end }) => {
    const head = /^\s*(?:([\w$]+)|'([^']*)'|"([^"]*)")\s*:\s*/u.exec(text.slice(start, end));
    const key = head?.[1] ?? head?.[2] ?? head?.[3];
    if (head === null || key === undefined) return [];
    const valueStart = start + head[0].length;
    return [{ key, value: oneLine(text.slice(valueStart, end)), valueStart, start, end: text[end] === ',' ? end + 1 : end }];
  });
}

/** A text on one line: `{ a: 1 }` whatever its indentation was. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/([([]) | (?=[)\]])|,(?=\s*[)\]}])/gu, '$1');
}

/** Stretches between commas that stand in no bracket of their own. */
export function splitAtCommas(text: string, from: number, to: number): readonly { readonly start: number; readonly end: number }[] {
  const parts: { readonly start: number; readonly end: number }[] = [];
  let start = from;
  for (let at = from; at < to; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '"' || sign === "'" || sign === '`') at = endOfString(text, at);
    else if (openers.includes(sign)) at = closingBracket(text, at) ?? to;
    else if (sign === ',') {
      parts.push({ start, end: at });
      start = at + 1;
    }
  }
  return [...parts, { start, end: to }].filter((part) => text.slice(part.start, part.end).trim() !== '');
}

function endOfString(text: string, open: number): number {
  const quote = text[open];
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}
