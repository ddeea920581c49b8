// The dialog of everything that is known about the device; what it shows is loaded when it is first opened.

import { lazy } from '../lazy.tsx';
import { ModalDialog } from '../modal-dialog.tsx';
import { usePage } from '../page-context.ts';

const Capabilities = lazy(() => import('./capabilities.tsx'));

/** The capabilities, open or not. */
export function CapabilitiesDialog(): preact.JSX.Element {
  const { page } = usePage();
  const isOpen = page.isCapabilitiesOpen.value;
  const device = page.device.value;
  const close = (): void => {
    page.isCapabilitiesOpen.value = false;
  };
  return (
    <ModalDialog isOpen={page.isCapabilitiesOpen} class="help capabilities" titleId="capabilities-title">
      {isOpen && device.kind === 'ready' ? <Capabilities report={device.report} onClose={close} /> : null}
    </ModalDialog>
  );
}
