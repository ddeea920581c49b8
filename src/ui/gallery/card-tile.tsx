// One experiment of the gallery: its title and question, its lanes as the legend will draw them, what a run costs, and what one has done
// with it so far.

import type { GalleryCard } from '../../state/gallery-card.ts';
import { inLocale, t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import { Swatch } from '../lanes/swatch.tsx';

/** Lanes that are named; the rest are counted. */
const namedLanes = 4;

/** The card, a button as a whole. */
export function CardTile({ card, onOpen }: { readonly card: GalleryCard; readonly onOpen: () => void }): preact.JSX.Element {
  const { page } = usePage();
  const isCurrent = page.program.open.value.id === card.id;
  const hasDraft = isCurrent ? page.program.isEdited.value : page.program.hasDraft(card.id);
  const { tier, seconds, lanes } = card;
  return (
    <li>
      <button type="button" class="card-tile" aria-current={isCurrent} onClick={onOpen}>
        <span class="card-tile-head">
          <span class="card-tile-title">{inLocale(card.title)}</span>
          <SeenSign id={card.id} />
        </span>
        {card.question === null ? null : <span class="card-tile-question">{inLocale(card.question)}</span>}
        {lanes.length === 0 ? null : (
          <span class="card-tile-lanes">
            {lanes.slice(0, namedLanes).map((label, index) => (
              <span key={label}>
                <Swatch index={index} /> {label}
              </span>
            ))}
            {lanes.length > namedLanes ? <span>+{lanes.length - namedLanes}</span> : null}
          </span>
        )}
        <span class="card-tile-foot">
          {seconds === null || tier === null ? null : (
            <span class={`chip tier-${tier}`} title={t(`tier.${tier}Hint`)}>
              {t(`tier.${tier}`)} · {t('card.seconds', { seconds })}
            </span>
          )}
          {isCurrent ? <span class="chip is-current">{t('gallery.current')}</span> : null}
          {hasDraft ? (
            <span class="chip" title={t('gallery.draftHint')}>
              {t('gallery.draft')}
            </span>
          ) : null}
          <span class="card-tile-topics">{card.topics.map((topic) => t(`topic.${topic}`)).join(' · ')}</span>
        </span>
      </button>
    </li>
  );
}

/** A ring for one that was opened, a tick for one that was run; nothing for one nobody has looked at. */
function SeenSign({ id }: { readonly id: string }): preact.JSX.Element | null {
  const { page } = usePage();
  const mark = page.gallery.seen.value.get(id);
  if (mark === undefined) return null;
  const words = t(`gallery.${mark}`);
  return (
    <span class={`seen-sign is-${mark}`} role="img" aria-label={words} title={words}>
      {mark === 'run' ? '✓' : '○'}
    </span>
  );
}
