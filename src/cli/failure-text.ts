// A failure as text: where, the user's own line with a mark under the column, what happened, what to do. The first line has the
// form `FILE.ts:12:5`, which terminals and editors turn into a link.

import type { RunFailure } from '../runner/run-events.ts';
import type { Problem } from '../state/page-api.ts';

const largestProblemCount = 20;

/** Lines for a failure of a run or of a lane. */
export function formatFailure(failure: RunFailure, file: string): readonly string[] {
  const { place, message, hint, lane, rank, code } = failure;
  const who = [lane === null ? '' : `lane ${lane}`, rank === null ? '' : `rank ${rank}`].filter(Boolean).join(', ');
  const head = `${place === null ? file : `${file}:${place.line}:${place.column}`} failed (${code})${who === '' ? '' : ` in ${who}`}`;
  const source = place === null ? [] : sourceLines(place.line, place.column, place.text);
  return [head, ...source, ...message.split('\n').map((line) => `  ${line}`), ...(hint === null ? [] : [`  ${hint}`])];
}

/** Lines for what the compiler found; `source` is the program's text. */
export function formatProblems(problems: readonly Problem[], file: string, source: string): readonly string[] {
  const sourceText = source.split('\n');
  const shown = problems.toSorted((a, b) => Number(b.stopsRun) - Number(a.stopsRun)).slice(0, largestProblemCount);
  const lines = shown.flatMap(({ severity, stopsRun, line, column, message }) => {
    const kind = stopsRun ? 'error (stops the run)' : severity;
    const place = sourceLines(line, column, sourceText[line - 1] ?? '');
    return [`${file}:${line}:${column} ${kind}`, ...place, ...message.split('\n').map((part) => `  ${part}`)];
  });
  const left = problems.length - shown.length;
  return left === 0 ? lines : [...lines, `and ${left} more`];
}

function sourceLines(line: number, column: number, text: string): readonly string[] {
  const number = String(line);
  // Tabs are kept in the mark's line too, so that the mark stands under its column whatever a tab is wide.
  const before = text.slice(0, Math.max(0, column - 1)).replaceAll(/[^\t]/g, ' ');
  return [`  ${number} │ ${text.trimEnd()}`, `  ${' '.repeat(number.length)} │ ${before}^`];
}
