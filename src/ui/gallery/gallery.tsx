// All experiments as cards, on their shelves: searched as one types, narrowed by shelf and by the time a run takes. Choosing one opens it in
// the editor; whatever was written in another stays with that one.

import { useEffect, useRef } from 'preact/hooks';
import { cardGroups, cardTiers } from '../../train/card.ts';
import type { CardGroup } from '../../train/card.ts';
import type { GalleryCard } from '../../state/gallery-card.ts';
import { anyProgram, searchGallery } from '../../state/gallery-search.ts';
import type { GalleryQuery } from '../../state/gallery-search.ts';
import { t } from '../../state/locale.ts';
import { CloseIcon } from '../icons.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { moveAmongCards } from './card-keys.ts';
import { CardTile } from './card-tile.tsx';
import '../styles/gallery.css';

/** What is in the dialog. */
export default function Gallery(): preact.JSX.Element {
  const { page } = usePage();
  const { gallery } = page;
  const search = useRef<HTMLInputElement>(null);
  const shelves = useRef<HTMLDivElement>(null);
  useEffect(() => {
    gallery.load();
    search.current?.focus();
  }, []);
  const cards = gallery.cards.value;
  const found =
    cards === null
      ? []
      : searchGallery(
          cards,
          gallery.query.value,
          (topic) => t(`topic.${topic}`),
          (id) => gallery.seen.value.has(id),
        );
  const close = (): void => {
    gallery.isOpen.value = false;
  };
  const open = ({ id }: GalleryCard): void => {
    page.program.choose(id, () => page.notice.say(t('part.refused')));
    close();
  };
  const set = (change: Partial<GalleryQuery>): void => {
    gallery.query.value = { ...gallery.query.value, ...change };
  };

  return (
    <div class="gallery">
      <header>
        <h2 id="gallery-title">{t('gallery.title')}</h2>
        <input
          ref={search}
          type="text"
          role="searchbox"
          autocomplete="off"
          spellcheck={false}
          aria-label={t('gallery.search')}
          placeholder={t('gallery.search')}
          value={gallery.query.value.text}
          onInput={(event) => set({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found[0] !== undefined) open(found[0]);
            else if (event.key === 'ArrowDown') {
              event.preventDefault();
              shelves.current?.querySelector<HTMLElement>('.card-tile')?.focus();
            }
          }}
        />
        <button type="button" class="icon-button" onClick={close} aria-label={t('gallery.close')}>
          <CloseIcon />
        </button>
      </header>
      <Filters cards={cards ?? []} set={set} />
      <p class="visually-hidden" role="status">
        {cards === null ? '' : t('gallery.found', { count: formatCount(found.length) })}
      </p>
      <div
        class="gallery-shelves"
        ref={shelves}
        onKeyDown={(event) => {
          if (moveAmongCards(event.key, event.currentTarget, search.current)) event.preventDefault();
        }}
      >
        {gallery.isRefused.value ? (
          <p class="empty">
            {t('gallery.refused')}{' '}
            <button type="button" class="link" onClick={() => gallery.load()}>
              {t('gallery.again')}
            </button>
          </p>
        ) : null}
        {cards !== null && found.length === 0 ? (
          <p class="empty">
            {t('gallery.none')}{' '}
            <button type="button" class="link" onClick={() => set(anyProgram)}>
              {t('gallery.showAll')}
            </button>
          </p>
        ) : null}
        {([...cardGroups, null] as const).map((group) => (
          <Shelf key={group} group={group} cards={found.filter((card) => card.group === group)} onOpen={open} />
        ))}
      </div>
      <footer>{t('gallery.keysHint')}</footer>
    </div>
  );
}

interface ShelfProps {
  readonly group: CardGroup | null;
  readonly cards: readonly GalleryCard[];
  readonly onOpen: (card: GalleryCard) => void;
}

function Shelf({ group, cards, onOpen }: ShelfProps): preact.JSX.Element | null {
  if (cards.length === 0) return null;
  const name = group === null ? t('gallery.other') : t(`group.${group}`);
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <ul class="gallery-cards">
        {cards.map((card) => (
          <CardTile key={card.id} card={card} onOpen={() => onOpen(card)} />
        ))}
      </ul>
    </section>
  );
}

interface FiltersProps {
  readonly cards: readonly GalleryCard[];
  readonly set: (change: Partial<GalleryQuery>) => void;
}

function Filters({ cards, set }: FiltersProps): preact.JSX.Element {
  const { page } = usePage();
  const { group, tier, isUnseenOnly } = page.gallery.query.value;
  const countOf = (name: CardGroup | null): number => cards.filter((card) => name === null || card.group === name).length;
  return (
    <div class="gallery-filters">
      <div role="group" aria-label={t('gallery.groups')}>
        {([null, ...cardGroups] as const).map((name) => (
          <button key={name} type="button" class="filter-chip" aria-pressed={group === name} onClick={() => set({ group: name })}>
            {name === null ? t('gallery.all') : t(`group.${name}`)} <span class="filter-count">{formatCount(countOf(name))}</span>
          </button>
        ))}
      </div>
      <div role="group" aria-label={t('gallery.tiers')}>
        {cardTiers.map((name) => (
          <button
            key={name}
            type="button"
            class="filter-chip"
            title={t(`tier.${name}Hint`)}
            aria-pressed={tier === name}
            onClick={() => set({ tier: tier === name ? null : name })}
          >
            {t(`tier.${name}`)}
          </button>
        ))}
        <button type="button" class="filter-chip" aria-pressed={isUnseenOnly} onClick={() => set({ isUnseenOnly: !isUnseenOnly })}>
          {t('gallery.unseen')}
        </button>
      </div>
    </div>
  );
}
