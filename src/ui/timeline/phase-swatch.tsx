// A phase's colour, or its stripes, in small.

import type { SpanPhase } from '../../train/span-phases.ts';
import { usePage } from '../page-context.ts';
import { phaseStyle } from './phase-style.ts';

/** A box as the Gantt draws it. */
export function PhaseSwatch({ phase }: { readonly phase: SpanPhase }): preact.JSX.Element {
  const { page } = usePage();
  const { fill, isStriped } = phaseStyle(phase, page.theme.theme.value);
  return (
    <svg class="phase-swatch" width="14" height="10" viewBox="0 0 14 10" aria-hidden="true">
      <rect x="0.5" y="0.5" width="13" height="9" fill={isStriped ? 'none' : fill} stroke={fill} />
      {isStriped ? <path d="M1 9L9 1M5.5 9L13 1.5M10 9L13 6M1 4.5L4.5 1" stroke={fill} stroke-width="1.5" /> : null}
    </svg>
  );
}
