// The keys, in the browser's own dialog: it traps the focus, closes with Escape and gives the focus back by itself.

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../state/locale.ts';
import { CloseIcon } from './icons.tsx';
import { usePage } from './page-context.ts';
import { shortcuts } from './shortcuts.ts';

/** The help, open or not. */
export function HelpDialog(): preact.JSX.Element {
  const { page } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = page.isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = (): void => {
    page.isHelpOpen.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
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
    </dialog>
  );
}
