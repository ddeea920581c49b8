// The dialog of everything that is known about the device. In the browser's own dialog, as the help is; what it shows is loaded when it
// is first opened.

import { useEffect, useRef } from 'preact/hooks';
import { lazy } from '../lazy.tsx';
import { usePage } from '../page-context.ts';

const Capabilities = lazy(() => import('./capabilities.tsx'));

/** The capabilities, open or not. */
export function CapabilitiesDialog(): preact.JSX.Element {
  const { page } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = page.isCapabilitiesOpen.value;
  const device = page.device.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = (): void => {
    page.isCapabilitiesOpen.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="help capabilities"
      aria-labelledby="capabilities-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      {isOpen && device.kind === 'ready' ? <Capabilities report={device.report} onClose={close} /> : null}
    </dialog>
  );
}
