// The keys.

import { t } from '../state/locale.ts';
import { CloseIcon } from './icons.tsx';
import { ModalDialog } from './modal-dialog.tsx';
import { usePage } from './page-context.ts';
import { shortcuts } from './shortcuts.ts';

/** The help, open or not. */
export function HelpDialog(): preact.JSX.Element {
  const { page } = usePage();
  const close = (): void => {
    page.isHelpOpen.value = false;
  };
  return (
    <ModalDialog isOpen={page.isHelpOpen} class="help" titleId="help-title">
      <div class="help-body">
        <header>
          <h2 id="help-title">{t('help.title')}</h2>
          <button type="button" class="icon-button" onClick={close} aria-label={t('help.close')}>
            <CloseIcon />
          </button>
        </header>
        <dl>
          {shortcuts.map(({ keys, action }) => (
            <div key={action}>
              <dt>
                {keys.map((combination) => (
                  <kbd key={combination}>{combination}</kbd>
                ))}
              </dt>
              <dd>{t(action)}</dd>
            </div>
          ))}
        </dl>
        <p>{t('help.mouse')}</p>
      </div>
    </ModalDialog>
  );
}
