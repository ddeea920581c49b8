// The lanes a program declares, read from its text without running it: what stands between the brackets of `lanes: […]`, where that
// is made of literals alone. A list that is computed cannot be known before the program has run; then the answer is null, and the
// page says so.

import { PlaygroundError } from '../core/errors.ts';
import { parseLanes } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';
import { literalAsJson } from './literal.ts';

const beginning = /\blanes\s*:\s*(?=\[)/gu;

/** The lanes of a program's text; null where they are not written as literals, or are no lanes. */
export function readProgramLanes(source: string): readonly Lane[] | null {
  for (const { index, 0: head } of source.matchAll(beginning)) {
    const lanes = parseOrNull(literalAsJson(source.slice(index + head.length)));
    if (lanes !== null) return lanes;
  }
  return null;
}

function parseOrNull(json: string | null): readonly Lane[] | null {
  if (json === null) return null;
  try {
    return parseLanes(JSON.parse(json));
  } catch (thrown) {
    // Not a literal after all, or not one of lanes: the run will say so, with the program's own line.
    if (thrown instanceof SyntaxError || thrown instanceof PlaygroundError) return null;
    throw thrown;
  }
}
