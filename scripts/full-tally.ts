// `test/FULL.md`: the last outcome of every long check, one row per file. A run of some of them replaces their rows and keeps
// the others.

/** The last outcome of one long check. */
export interface FullRow {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** Day of the run, `YYYY-MM-DD`. */
  readonly day: string;
  readonly machine: string;
}

/** The rows of an earlier tally; empty where the text has none. */
export function parseFullTally(text: string): readonly FullRow[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\| `([^`]+)` \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d-]+) \| (.*) \|$/.exec(line);
    if (match === null) return [];
    const [, file = '', passed, failed, seconds, day = '', machine = ''] = match;
    return [{ file, passed: Number(passed), failed: Number(failed), seconds: Number(seconds), day, machine }];
  });
}

/** The earlier rows with the new ones in place of theirs, by file name. */
export function mergedRows(earlier: readonly FullRow[], fresh: readonly FullRow[]): readonly FullRow[] {
  const rows = new Map([...earlier, ...fresh].map((row) => [row.file, row]));
  return [...rows.values()].toSorted((a, b) => a.file.localeCompare(b.file));
}

/** The whole file. */
export function formatFullTally(rows: readonly FullRow[]): string {
  const lines = rows.map(({ file, passed, failed, seconds, day, machine }) => {
    return `| \`${file}\` | ${passed} | ${failed} | ${seconds.toFixed(1)} | ${day} | ${machine} |`;
  });
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  return `# The long checks

Written by \`npm run test:full [-- name]\`; each check has a short, seeded slice in \`npm test\`.

| check | passed | failed | seconds | day | machine |
|---|---|---|---|---|---|
${lines.join('\n')}

${passed} passed, ${failed} failed
`;
}
