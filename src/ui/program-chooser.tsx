// Which program is open: the ones that come with the page by title, and whatever was handed in from outside. A dot marks programs
// with a draft of one's own.

import { locale, t } from '../state/locale.ts';
import { programTitle } from '../state/program-title.ts';
import { usePage } from './page-context.ts';

/** The chooser, and "revert" while the open program differs from its original. */
export function ProgramChooser(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { program } = page;
  const open = program.open.value;
  const isEdited = program.isEdited.value;
  return (
    <div class="program-chooser">
      <select
        aria-label={t('program.choose')}
        title={t('program.choose')}
        value={open.id}
        onChange={(event) => program.choose(event.currentTarget.value)}
      >
        {program.originals.map(({ id, fileName, source }) => {
          const hasDraft = id === open.id ? isEdited : program.hasDraft(id);
          return (
            <option key={id} value={id}>
              {programTitle(source, fileName, locale.value)}
              {hasDraft ? ' •' : ''}
            </option>
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
