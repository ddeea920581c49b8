// Says how a lane's steps were executed, once the lane has ended: replayed from a recording, or eagerly and why.

import type { LaneState } from '../../state/lanes.ts';
import { t } from '../../state/locale.ts';

/** A chip for lanes that ended; the reason is the engine's own clause. */
export function ExecutionChip({ lane }: { readonly lane: LaneState }): preact.JSX.Element | null {
  const execution = lane.result.value?.execution ?? '';
  if (execution === 'captured') {
    return (
      <span class="chip" title={t('execution.capturedHint')}>
        {t('execution.captured')}
      </span>
    );
  }
  const reason = /^eager \((.*)\)$/s.exec(execution)?.[1];
  return reason === undefined ? null : (
    <span class="chip" title={t('execution.eagerHint', { reason })}>
      {t('execution.eager')}
    </span>
  );
}
