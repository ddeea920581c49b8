// The dialog of the gallery; what it shows is loaded when it is first opened.

import { lazy } from '../lazy.tsx';
import { ModalDialog } from '../modal-dialog.tsx';
import { usePage } from '../page-context.ts';

const Gallery = lazy(() => import('./gallery.tsx'));

/** The gallery, open or not. */
export function GalleryDialog(): preact.JSX.Element {
  const { page } = usePage();
  const { isOpen } = page.gallery;
  return (
    <ModalDialog isOpen={isOpen} class="help gallery-dialog" titleId="gallery-title">
      {isOpen.value ? <Gallery /> : null}
    </ModalDialog>
  );
}
