// The bar at the top: which program, the run's controls, the seed, and the page's own switches. Only what works is here.

import { locale, t } from '../state/locale.ts';
import { Mark, RenewIcon, ThemeIcon, TypeSizeIcon } from './icons.tsx';
import { HistoryButton } from './history/history-button.tsx';
import { usePage } from './page-context.ts';
import { ProgramChooser } from './program-chooser.tsx';
import { RunControls } from './run-controls.tsx';

/** The top bar. */
export function TopBar(): preact.JSX.Element {
  return (
    <header class="top-bar">
      <h1 class="brand">
        <Mark /> Lockstep
      </h1>
      <ProgramChooser />
      <div class="top-bar-run">
        <RunControls />
        <SeedField />
      </div>
      <HistoryButton />
      <Switches />
    </header>
  );
}

function SeedField(): preact.JSX.Element {
  const { page } = usePage();
  const { seed, run } = page;
  const declared = run.declaration.value?.seed;
  return (
    <div class={`seed${seed.isValid.value ? '' : ' is-invalid'}`}>
      <label for="seed">{t('seed.label')}</label>
      <input
        id="seed"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        spellcheck={false}
        size={6}
        value={seed.text.value}
        placeholder={declared === undefined ? t('seed.own') : String(declared)}
        title={seed.isValid.value ? t('seed.hint') : t('seed.invalid')}
        aria-invalid={!seed.isValid.value}
        onInput={(event) => {
          seed.text.value = event.currentTarget.value;
        }}
      />
      <button type="button" class="icon-button" onClick={seed.renew} title={t('seed.renew')} aria-label={t('seed.renew')}>
        <RenewIcon />
      </button>
    </div>
  );
}

function Switches(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const themeLabel = t(page.theme.theme.value === 'dark' ? 'theme.toLight' : 'theme.toDark');
  const isLarge = page.presentation.isLarge.value;
  const sizeLabel = t('presentation.large');
  return (
    <div class="switches">
      <button
        type="button"
        class={`icon-button${isLarge ? ' is-on' : ''}`}
        onClick={page.presentation.toggle}
        title={t('presentation.hint')}
        aria-label={sizeLabel}
        aria-pressed={isLarge}
      >
        <TypeSizeIcon />
      </button>
      <button type="button" class="icon-button" onClick={page.theme.toggle} title={themeLabel} aria-label={themeLabel}>
        <ThemeIcon />
      </button>
      <button
        type="button"
        class="icon-button is-text"
        onClick={verbs.toggleLanguage}
        title={t('language.switch')}
        aria-label={t('language.switch')}
      >
        <span lang="zh-CN" class={locale.value === 'zh-CN' ? 'is-current' : ''}>
          文
        </span>
        /
        <span lang="en" class={locale.value === 'en' ? 'is-current' : ''}>
          EN
        </span>
      </button>
      <button
        type="button"
        class="icon-button is-text"
        onClick={verbs.toggleHelp}
        title={t('help.open')}
        aria-label={t('help.open')}
        aria-haspopup="dialog"
      >
        ?
      </button>
    </div>
  );
}
