// What the results pane shows before the first run: the program’s card or what will happen here (`children`), and the one
// button that makes it happen.

import type { ComponentChildren } from 'preact';
import { locale, t } from '../../state/locale.ts';
import { programTitle } from '../../state/program-title.ts';
import { PlayIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';
import { runKeys } from '../shortcuts.ts';

/** The first thing one reads. */
export function Welcome({ children }: { readonly children: ComponentChildren }): preact.JSX.Element {
  const { page, verbs } = usePage();
  const open = page.program.open.value;
  const isActive = page.run.isActive.value;
  return (
    <div class="welcome">
      <h2>{programTitle(page.program.source.value, open.fileName, locale.value)}</h2>
      {children}
      <p class="welcome-run">
        <button type="button" class="button is-primary is-large" onClick={verbs.run} disabled={isActive}>
          <PlayIcon /> {t(isActive ? 'phase.starting' : 'run.start')}
        </button>
        <kbd>{runKeys}</kbd>
        <button
          type="button"
          class="link"
          onClick={() => {
            page.gallery.isOpen.value = true;
          }}
        >
          {t('welcome.gallery')}
        </button>
      </p>
      <dl>
        <dt>{t('welcome.lanes')}</dt>
        <dd>{t('welcome.lanesText')}</dd>
        <dt>{t('welcome.measured')}</dt>
        <dd>{t('welcome.measuredText')}</dd>
        <dt>{t('welcome.private')}</dt>
        <dd>{t('welcome.privateText')}</dd>
        <dt>{t('welcome.cluster')}</dt>
        <dd>
          {t('welcome.clusterText')}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              page.chosenTab.value = 'cluster';
            }}
          >
            {t('welcome.clusterOpen')}
          </button>
        </dd>
      </dl>
    </div>
  );
}
