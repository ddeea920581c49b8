// Parts of the page that nobody sees at first are loaded when they are first shown, so that the page itself stays small.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { t } from '../state/locale.ts';

/** A component that loads itself; shows nothing until it is there, and says so where it cannot be had. */
export function lazy<Props extends object>(load: () => Promise<{ readonly default: ComponentType<Props> }>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const state = useSignal<'loading' | 'loaded' | 'refused'>(loaded === null ? 'loading' : 'loaded');
    useEffect(() => {
      if (loaded !== null) return;
      load().then(
        ({ default: component }) => {
          loaded = component;
          state.value = 'loaded';
        },
        () => {
          state.value = 'refused';
        },
      );
    }, []);
    if (state.value === 'refused') return <p class="empty">{t('part.refused')}</p>;
    const Component = state.value === 'loaded' ? loaded : null;
    return Component === null ? null : <Component {...props} />;
  };
}
