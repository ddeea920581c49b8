// The programs that come with the page: every file of src/experiments, as text. Adding one is adding a file. The default's text is part of
// the page; of the others only titles and groups are, and their texts are loaded when they are opened.

import { shelf } from 'virtual:lockstep/gallery';
import defaultSource from '../experiments/mnist.ts?raw';
import type { GalleryCard } from '../state/gallery-card.ts';
import type { Original } from '../state/program.ts';

// `?raw` makes each module its own text.
const loads = import.meta.glob<string>(['../experiments/*.ts', '!../experiments/mnist.ts'], { query: '?raw', import: 'default' });

/** The program that is open on a first visit. */
export const defaultProgram = 'mnist';

/** All programs, the default first, then by group and file name. */
export const originals: readonly Original[] = shelf.map((entry) => ({
  ...entry,
  source: loads[`../experiments/${entry.fileName}`] ?? defaultSource,
}));

/** What the gallery says of each, in the same order. */
export async function loadCards(): Promise<readonly GalleryCard[]> {
  const { cards } = await import('virtual:lockstep/cards');
  return cards;
}
