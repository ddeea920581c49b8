// A program file as somebody typed it.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { UsageError } from './usage-error.ts';

/** Its text and its name. Throws UsageError where it is not there. */
export function readProgram(command: string, file: string): { readonly source: string; readonly fileName: string } {
  const path = resolve(file);
  if (existsSync(path) && statSync(path).isFile()) return { source: readFileSync(path, 'utf8'), fileName: basename(path) };
  throw new UsageError(`${command}: expected a program file, got ${file}, which does not exist.`);
}
