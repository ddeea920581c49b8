// The lanes as fields, a row each, and as the text the fields are a view of. What is wrong is said once, under the text, and marked in
// the field it belongs to.

import { useSignal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import { laneEditButtonId, laneRowId, laneTextId } from '../page-verbs.ts';
import { LaneRow } from './lane-row.tsx';
import { AddLaneButton } from './add-lane-button.tsx';
import { PrecisionTable } from './precision-table.tsx';

const problemId = 'lane-problem';

/** The editor of the lanes. */
export function LaneEditor({ id }: { readonly id: string }): preact.JSX.Element {
  const { page } = usePage();
  const { laneList, schedule } = page;
  const problem = laneList.problem.value;
  const drafts = laneList.drafts.value;
  const dragged = useSignal<number | null>(null);
  const rankCount = schedule.plan.value?.rankCount ?? null;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    page.isLaneEditorOpen.value = false;
    document.getElementById(laneEditButtonId)?.focus();
  }

  return (
    <div class="lane-editor" id={id} onKeyDown={onKeyDown}>
      {laneList.own.value === null ? <p class="lane-remark">{t('lanes.unknown')}</p> : null}
      {drafts.length === 0 ? null : (
        <ol class="lane-rows">
          <li class="lane-row is-heading" aria-hidden="true">
            <span />
            <span>{t('lanes.ranks')}</span>
            <span>{t('lanes.precision')}</span>
            <span>{t('lanes.scale')}</span>
            <span>{t('lanes.name')}</span>
            <span />
          </li>
          {drafts.map((draft, index) => (
            // A row is its place: two lanes may say the same.
            <LaneRow
              key={index}
              index={index}
              draft={draft}
              count={drafts.length}
              dragged={dragged}
              badField={badFieldOf(problem?.place ?? null, index)}
              problemId={problemId}
              onRemoved={() => {
                const next = Math.min(index, laneList.drafts.value.length - 1);
                requestAnimationFrame(() => document.getElementById(laneRowId(next))?.focus());
              }}
            />
          ))}
        </ol>
      )}
      <div class="lane-editor-foot">
        <AddLaneButton />
        {rankCount === null ? null : <span class="lane-remark">{t('lanes.rankCount', { count: rankCount })}</span>}
        {laneList.removed.value === null ? null : (
          <button type="button" class="quiet-button" onClick={laneList.undoRemove}>
            {t('lanes.putBack', { lane: laneList.removed.value })}
          </button>
        )}
        {laneList.override.value === null && problem === null ? null : (
          <button type="button" class="quiet-button lane-restore" onClick={laneList.restore}>
            {t('lanes.restore')}
          </button>
        )}
      </div>
      <div class={`lane-text${problem === null ? '' : ' is-invalid'}`}>
        <label for={laneTextId}>{t('lanes.asText')}</label>
        <input
          id={laneTextId}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={laneList.text.value}
          placeholder="1xfp32, 4xfp16+lossScale=off"
          title={t('lanes.asTextHint')}
          aria-invalid={problem !== null}
          aria-describedby={problemId}
          onInput={(event) => laneList.type(event.currentTarget.value)}
          onBlur={(event) => {
            if (event.currentTarget.value.trim() === '') laneList.restore();
          }}
        />
      </div>
      <PrecisionTable />
      <p class="lane-problem" id={problemId} role="alert">
        {problem?.message ?? ''}
      </p>
    </div>
  );
}

/** The field of a row that a problem is about; `worldSize`, the first, where it is about the lane as a whole. */
function badFieldOf(place: string | null, index: number): string | null {
  const lane = `lanes[${index}]`;
  if (place === lane) return 'worldSize';
  return place?.startsWith(`${lane}.`) === true ? place.slice(lane.length + 1) : null;
}
