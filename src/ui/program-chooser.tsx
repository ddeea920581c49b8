// Which program is open: the ones that come with the page by title and group, and whatever was handed in from outside. A dot marks programs
// with a draft of one's own. Beside it the programs before and after it, and the gallery of them all.

import { inLocale, locale, t } from '../state/locale.ts';
import type { Original } from '../state/program.ts';
import { programTitle } from '../state/program-title.ts';
import { cardGroups } from '../train/card.ts';
import { ExplainedButton } from './explained-button.tsx';
import { GalleryIcon, NextIcon, PreviousIcon } from './icons.tsx';
import { usePage } from './page-context.ts';

/** The chooser, and "revert" while the open program differs from its original. */
export function ProgramChooser(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { program } = page;
  const open = program.open.value;
  const isEdited = program.isEdited.value;
  const option = (original: Original): preact.JSX.Element => {
    const hasDraft = original.id === open.id ? isEdited : program.hasDraft(original.id);
    return (
      <option key={original.id} value={original.id}>
        {titleOf(original)}
        {hasDraft ? ' •' : ''}
      </option>
    );
  };
  return (
    <div class="program-chooser">
      <button
        type="button"
        class="quiet-button has-icon gallery-button"
        title={t('gallery.openHint')}
        aria-haspopup="dialog"
        onClick={() => {
          page.gallery.isOpen.value = true;
        }}
      >
        <GalleryIcon /> <span>{t('gallery.open')}</span>
      </button>
      <Neighbour by="previous" />
      <Neighbour by="next" />
      <select
        aria-label={t('program.choose')}
        title={t('program.choose')}
        value={open.id}
        onChange={(event) => program.choose(event.currentTarget.value, () => page.notice.say(t('part.refused')))}
      >
        {program.originals.filter(({ group }) => group === undefined).map(option)}
        {cardGroups.map((name) => {
          const members = program.originals.filter(({ group }) => group === name);
          return members.length === 0 ? null : (
            <optgroup key={name} label={t(`group.${name}`)}>
              {members.map(option)}
            </optgroup>
          );
        })}
        {open.isKept ? null : (
          <option key={open.id} value={open.id}>
            {open.fileName}
          </option>
        )}
      </select>
      {isEdited ? (
        <button type="button" class="quiet-button" onClick={verbs.revert} title={t('program.revertHint')}>
          {t('program.revert')}
        </button>
      ) : null}
    </div>
  );
}

const neighbourWords = {
  previous: { name: 'program.back', hint: 'program.previous', none: 'program.first', Icon: PreviousIcon },
  next: { name: 'program.on', hint: 'program.next', none: 'program.last', Icon: NextIcon },
} as const;

/** Opens the experiment before or after this one, in the gallery's order. */
function Neighbour({ by }: { readonly by: 'previous' | 'next' }): preact.JSX.Element {
  const { page } = usePage();
  const original = page.gallery[by].value;
  const { name, hint, none, Icon } = neighbourWords[by];
  return (
    <ExplainedButton
      label={t(name)}
      hint={original === null ? '' : t(hint, { title: titleOf(original) })}
      reason={original === null ? t(none) : null}
      onPress={() => {
        if (original !== null) page.program.choose(original.id, () => page.notice.say(t('part.refused')));
      }}
    >
      <Icon />
    </ExplainedButton>
  );
}

function titleOf({ title, fileName, source }: Original): string {
  if (title !== undefined) return inLocale(title);
  return typeof source === 'string' ? programTitle(source, fileName, locale.value) : fileName;
}
