// A Vite plugin: what the page needs to know of the programs in src/experiments before it loads any of them. `virtual:lockstep/gallery`
// exports their file names, titles and groups, a part of the page; `virtual:lockstep/cards` what the gallery says of each, which is loaded
// when somebody opens it. Both are read from the programs' texts, as the page itself reads a card.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { readGalleryCard } from '../../src/state/gallery-card.ts';
import type { GalleryCard } from '../../src/state/gallery-card.ts';
import { readProgramCard } from '../../src/state/program-card.ts';
import { programTitle } from '../../src/state/program-title.ts';
import { cardGroups } from '../../src/train/card.ts';

/** What each virtual module is made of. */
const modules: Readonly<Record<string, () => string>> = {
  'virtual:lockstep/gallery': () => `export const shelf = ${JSON.stringify(readShelf())};`,
  'virtual:lockstep/cards': () => `export const cards = ${JSON.stringify(readCards())};`,
};
const resolved = (name: string): string => `\0${name}`;
const folder = fileURLToPath(new URL('../../src/experiments/', import.meta.url));
const defaultProgram = 'mnist';

/** The plugin. */
export function gallery(): Plugin {
  return {
    name: 'lockstep-gallery',
    resolveId: (id) => (Object.hasOwn(modules, id) ? resolved(id) : null),
    load: (id) => modules[id.slice(1)]?.() ?? null,
    configureServer(server) {
      server.watcher.on('all', (_event, path) => {
        if (!path.startsWith(folder)) return;
        for (const name of Object.keys(modules)) {
          const module = server.moduleGraph.getModuleById(resolved(name));
          if (module !== undefined) server.moduleGraph.invalidateModule(module);
        }
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

/** The same programs in the same order, with what their cards say. */
export function readCards(): readonly GalleryCard[] {
  return readShelf().map(({ id, fileName }) => readGalleryCard(id, fileName, readFileSync(`${folder}${fileName}`, 'utf8')));
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
