// The programs that come with the page: every file of src/experiments, as text. Adding one is adding a file.

import type { Original } from '../state/program.ts';

// `?raw` makes each module its own text.
const sources = import.meta.glob<string>('../experiments/*.ts', { query: '?raw', import: 'default', eager: true });

/** The program that is open on a first visit. */
export const defaultProgram = 'mnist';

/** All programs, the default first, then by file name. */
export const originals: readonly Original[] = Object.entries(sources)
  .map(([path, source]) => {
    const fileName = path.slice(path.lastIndexOf('/') + 1);
    return { id: fileName.replace(/\.ts$/, ''), fileName, source };
  })
  .sort((a, b) => Number(b.id === defaultProgram) - Number(a.id === defaultProgram) || a.fileName.localeCompare(b.fileName));
