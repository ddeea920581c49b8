// Says which ops of an fp16 lane stayed f32, once the lane has ended.

import type { LaneState } from '../../state/lanes.ts';
import { t } from '../../state/locale.ts';

/** A chip for lanes with such ops; their names are the engine's own. */
export function F32OpsChip({ lane }: { readonly lane: LaneState }): preact.JSX.Element | null {
  const ops = lane.result.value?.f32Ops ?? [];
  return ops.length === 0 ? null : (
    <span class="chip" title={t('execution.f32OpsHint', { ops: ops.join(', ') })}>
      {t('execution.f32Ops')}
    </span>
  );
}
