// A Vite plugin: what the page needs to know of the programs in src/experiments before it loads any of them. `virtual:lockstep/gallery`
// exports their file names, titles and groups, read from their texts as the page itself reads a card.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { readProgramCard } from '../../src/state/program-card.ts';
import { programTitle } from '../../src/state/program-title.ts';
import { cardGroups } from '../../src/train/card.ts';

const virtualName = 'virtual:lockstep/gallery';
const resolvedName = `\0${virtualName}`;
const folder = fileURLToPath(new URL('../../src/experiments/', import.meta.url));
const defaultProgram = 'mnist';

/** The plugin. */
export function gallery(): Plugin {
  return {
    name: 'lockstep-gallery',
    resolveId: (id) => (id === virtualName ? resolvedName : null),
    load(id) {
      if (id !== resolvedName) return null;
      return `export const shelf = ${JSON.stringify(readShelf())};`;
    },
    configureServer(server) {
      server.watcher.on('all', (_event, path) => {
        const module = server.moduleGraph.getModuleById(resolvedName);
        if (path.startsWith(folder) && module !== undefined) server.moduleGraph.invalidateModule(module);
      });
    },
  };
}

/** A program of the gallery without its text. */
interface ShelfEntry {
  readonly id: string;
  readonly fileName: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly group?: (typeof cardGroups)[number];
}

/** Every program, the default first, then by group, then by file name. */
export function readShelf(): readonly ShelfEntry[] {
  const fileNames = readdirSync(folder).filter((fileName) => fileName.endsWith('.ts'));
  return fileNames.map(shelfEntry).toSorted(inOrder);
}

function shelfEntry(fileName: string): ShelfEntry {
  const source = readFileSync(`${folder}${fileName}`, 'utf8');
  const card = readProgramCard(source);
  const title = { en: programTitle(source, fileName, 'en'), zh: programTitle(source, fileName, 'zh-CN') };
  return { id: fileName.replace(/\.ts$/, ''), fileName, title: card?.title ?? title, ...(card === null ? {} : { group: card.group }) };
}

function inOrder(a: ShelfEntry, b: ShelfEntry): number {
  const place = ({ id, group }: ShelfEntry): number => (id === defaultProgram ? -2 : group === undefined ? -1 : cardGroups.indexOf(group));
  return place(a) - place(b) || a.fileName.localeCompare(b.fileName);
}
