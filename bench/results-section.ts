// Writes a benchmark's table into RESULTS.md, between two comments that name it, so that measuring again replaces what was measured before and nothing else.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const path = join(import.meta.dirname, 'RESULTS.md');

/** The text with the named section's contents replaced. Throws an Error where it has no such section. */
export function withSection(text: string, name: string, contents: string): string {
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`--results: expected a section ${name} in RESULTS.md, got none. Write ${begin} and ${end}.`);
  return `${text.slice(0, from + begin.length)}\n${contents.trim()}\n${text.slice(to)}`;
}

/** Replaces the section in RESULTS.md. */
export function writeSection(name: string, contents: string): void {
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), name, contents));
}
