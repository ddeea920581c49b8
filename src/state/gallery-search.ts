// Which programs of the gallery somebody asks for: words that all have to be found somewhere in a program's title, question, topics or
// lanes, in either language, because people search in the language they think in; and the shelf and the time a run may take.

import type { CardGroup, CardTier, LocalText } from '../train/card.ts';
import type { GalleryCard, Topic } from './gallery-card.ts';

/** What is asked for. Null: any. */
export interface GalleryQuery {
  /** As typed. */
  readonly text: string;
  readonly group: CardGroup | null;
  readonly tier: CardTier | null;
  /** Only programs that nobody has opened here yet. */
  readonly isUnseenOnly: boolean;
}

/** Everything. */
export const anyProgram: GalleryQuery = { text: '', group: null, tier: null, isUnseenOnly: false };

/** The programs that fit, in their order. `topicName` says a topic in the page's language; `isSeen` whether a program was opened before. */
export function searchGallery(
  cards: readonly GalleryCard[],
  query: GalleryQuery,
  topicName: (topic: Topic) => string,
  isSeen: (id: string) => boolean,
): readonly GalleryCard[] {
  const words = query.text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  return cards.filter((card) => {
    if (query.group !== null && card.group !== query.group) return false;
    if (query.tier !== null && card.tier !== query.tier) return false;
    if (query.isUnseenOnly && isSeen(card.id)) return false;
    const text = textOf(card, topicName);
    return words.every((word) => text.includes(word));
  });
}

function textOf({ id, title, question, topics, lanes }: GalleryCard, topicName: (topic: Topic) => string): string {
  const both = (text: LocalText | null): readonly string[] => (text === null ? [] : [text.en, text.zh]);
  return [id, ...both(title), ...both(question), ...topics, ...topics.map(topicName), ...lanes].join('\n').toLowerCase();
}
