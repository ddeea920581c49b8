// The card of a program, read from its text without running it: the literal after `export const card`. A card that is computed, or is
// none, is not shown; a run would say what is wrong with it.

import { PlaygroundError } from '../core/errors.ts';
import { parseCard } from '../train/card.ts';
import type { Card } from '../train/card.ts';
import { literalAsJson } from './literal.ts';

const beginning = /^export const card(?:\s*:\s*Card)?\s*=\s*(?=\{)/mu;

/** The card in a program's text; null where there is none that can be read. */
export function readProgramCard(source: string): Card | null {
  const found = beginning.exec(source);
  const json = found === null ? null : literalAsJson(source.slice(found.index + found[0].length));
  if (json === null) return null;
  try {
    return parseCard(JSON.parse(json));
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof PlaygroundError) return null;
    throw thrown;
  }
}
