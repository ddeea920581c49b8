// Parts of the page that nobody sees at first are loaded when they are first shown, so that the page itself stays small.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ComponentType } from 'preact';

/** A component that loads itself; shows nothing until it is there. `load` is called at most once. */
export function lazy<Props extends object>(load: () => Promise<{ readonly default: ComponentType<Props> }>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  return function Lazy(props: Props) {
    const isLoaded = useSignal(loaded !== null);
    useEffect(() => {
      if (loaded !== null) return;
      loading ??= load().then(({ default: component }) => {
        loaded = component;
      });
      void loading.then(() => {
        isLoaded.value = true;
      });
    }, []);
    const Component = isLoaded.value ? loaded : null;
    return Component === null ? null : <Component {...props} />;
  };
}
