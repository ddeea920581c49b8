// The browser's own modal dialog: it traps the focus, closes with Escape and gives the focus back by itself. A click beside it closes it too.

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A dialog, open while the signal says so. `titleId` names the element that holds its title. */
export function ModalDialog(props: {
  readonly isOpen: Signal<boolean>;
  readonly class: string;
  readonly titleId: string;
  readonly children: ComponentChildren;
}): preact.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const { isOpen } = props;
  const isShown = isOpen.value;
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isShown]);
  const close = (): void => {
    isOpen.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class={props.class}
      aria-labelledby={props.titleId}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      {props.children}
    </dialog>
  );
}
