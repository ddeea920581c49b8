// Where a number comes from, as the capability line marks it: a filled square was measured here, a hollow one is modelled, a dashed one
// is assumed. The word stands beside it, so that nobody has to learn squares.

import type { PlainKey } from '../../i18n/messages-en.ts';
import { t } from '../../state/locale.ts';
import '../styles/origin.css';

export type Origin = 'measured' | 'modelled' | 'assumed';

const words = {
  measured: 'origin.measured',
  modelled: 'origin.modelled',
  assumed: 'origin.assumed',
} as const satisfies Record<Origin, PlainKey>;
const hints = {
  measured: 'origin.measuredHint',
  modelled: 'origin.modelledHint',
  assumed: 'origin.assumedHint',
} as const satisfies Record<Origin, PlainKey>;

/** The mark and its word. */
export function OriginMark({ origin }: { readonly origin: Origin }): preact.JSX.Element {
  return (
    <span class={`chip origin is-${origin}`} title={t(hints[origin])}>
      <i aria-hidden="true" />
      {t(words[origin])}
    </span>
  );
}
