// Finds the user's own line for an error. The replica's stack trace names the compiled program; its source map leads back to
// the TypeScript. Where no frame of the program is on the stack (a check that failed later), the field that the error names is
// looked up in the text.

import { programFileInStacks } from '../train/program-module.ts';
import type { SourcePlace } from './run-events.ts';
import type { CompiledProgram } from './run-request.ts';

const frame = new RegExp(`${programFileInStacks.replaceAll('.', '\\.')}:(\\d+):(\\d+)`);

/** Line and column, both from 1, of the innermost frame that lies in the program; else of the field `place`; else null. */
export async function findSourcePlace(program: CompiledProgram, stack: string, place: unknown): Promise<SourcePlace | null> {
  return placeOfField(program, place) ?? (await placeOnStack(program, stack));
}

async function placeOnStack(program: CompiledProgram, stack: string): Promise<SourcePlace | null> {
  const match = frame.exec(stack);
  return match === null ? null : mapPlace(program, Number(match[1]), Number(match[2]));
}

/** A place in the compiled text (line and column from 1) as a place in the TypeScript. */
async function mapPlace(program: CompiledProgram, compiledLine: number, compiledColumn: number): Promise<SourcePlace | null> {
  const { TraceMap, originalPositionFor } = await import('@jridgewell/trace-mapping'); // not part of the shell
  const map = new TraceMap(program.sourceMap);
  const { line, column } = originalPositionFor(map, { line: compiledLine, column: Math.max(0, compiledColumn - 1) });
  return line === null || column === null ? null : placeAt(program.source, line, column + 1);
}

/** The line and column of an offset in the compiled text, mapped back. */
export async function placeOfOffset(program: CompiledProgram, offset: number): Promise<SourcePlace | null> {
  const before = program.javascript.slice(0, offset).split('\n');
  return mapPlace(program, before.length, (before.at(-1)?.length ?? 0) + 1);
}

/** `lanes[1].worldSize` leads to the last part's property: `worldSize:`, in the entry it names where that can be told. */
function placeOfField(program: CompiledProgram, place: unknown): SourcePlace | null {
  if (typeof place !== 'string') return null;
  const names = place.split(/[.[\]]+/).filter((name) => name !== '');
  let offset = -1;
  for (const name of names) {
    const index = /^\d+$/.test(name) ? nthEntry(program.source, offset, Number(name)) : propertyOffset(program.source, name, offset);
    if (index !== -1) offset = index;
  }
  if (offset === -1) return null;
  const before = program.source.slice(0, offset).split('\n');
  return placeAt(program.source, before.length, (before.at(-1)?.length ?? 0) + 1);
}

function propertyOffset(source: string, name: string, from: number): number {
  const pattern = new RegExp(`(?<![\\w$.])${name.replaceAll(/[^\w$]/g, '')}\\s*[:(,}]`, 'g');
  pattern.lastIndex = Math.max(0, from);
  return pattern.exec(source)?.index ?? -1;
}

function nthEntry(source: string, from: number, index: number): number {
  const pattern = /[{'"]/g;
  pattern.lastIndex = Math.max(0, from);
  let depthEnd = pattern.lastIndex;
  for (let count = 0; ; count++) {
    pattern.lastIndex = depthEnd;
    const match = pattern.exec(source);
    if (match === null) return -1;
    if (count === index) return match.index;
    const close = source.indexOf(match[0] === '{' ? '}' : match[0], match.index + 1);
    if (close === -1) return -1;
    depthEnd = close + 1;
  }
}

function placeAt(source: string, line: number, column: number): SourcePlace | null {
  const text = source.split('\n')[line - 1];
  return text === undefined ? null : { line, column, text };
}
