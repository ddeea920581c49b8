// A small menu under a button: what is needed now and then, out of the way until somebody asks. `details` opens and closes it; Escape, a
// choice, and going elsewhere close it.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A button that shows its children under itself. */
export function ChartMenu(props: {
  readonly label: string;
  readonly face: ComponentChildren;
  readonly children: ComponentChildren;
}): preact.JSX.Element {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) === false) close();
    };
    document.addEventListener('pointerdown', onDown);
    return () => document.removeEventListener('pointerdown', onDown);
  }, []);
  return (
    <details
      class="chart-menu"
      ref={menu}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu.current?.open !== true) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') !== null) close();
      }}
    >
      <summary class="quiet-button" aria-label={props.label} title={props.label}>
        {props.face}
      </summary>
      <div class="chart-menu-items">{props.children}</div>
    </details>
  );
}
