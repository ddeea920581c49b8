// Which program is open: the ones that come with the page by title and group, and whatever was handed in from outside. A dot marks programs
// with a draft of one's own.

import { inLocale, locale, t } from '../state/locale.ts';
import type { Original } from '../state/program.ts';
import { programTitle } from '../state/program-title.ts';
import { cardGroups } from '../train/card.ts';
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

function titleOf({ title, fileName, source }: Original): string {
  if (title !== undefined) return inLocale(title);
  return typeof source === 'string' ? programTitle(source, fileName, locale.value) : fileName;
}
