// The lanes of the next run: as chips where the run on screen does not show them already, with a way to add and edit, and how they
// share the machine.

import { t } from '../../state/locale.ts';
import { collapseRepeats } from '../../train/repeats.ts';
import { usePage } from '../page-context.ts';
import { laneEditButtonId } from '../page-verbs.ts';
import { Swatch } from './swatch.tsx';
import { LaneEditor } from './lane-editor.tsx';
import { ScheduleSelect } from './schedule-select.tsx';
import { planRemarks } from './schedule-words.ts';
import { AddLaneButton } from './add-lane-button.tsx';

const editorId = 'lane-editor';

/** The bar, with the editor under it while it is open. */
export function LaneBar(): preact.JSX.Element {
  const { page } = usePage();
  const { laneList, run } = page;
  const isOpen = page.isLaneEditorOpen.value;
  const planned = laneList.lanes.value?.map(({ label }) => label) ?? null;
  const shown = collapseRepeats(run.lanes.value.map(({ lane }) => lane)).map(({ label }) => label);
  const isShown = shown.length > 0 && (planned === null || planned.join('\n') === shown.join('\n'));
  return (
    <section class="lane-bar" aria-label={t('lanes.editor')}>
      <div class="lane-bar-line">
        {isOpen || isShown || planned === null ? null : (
          <>
            {shown.length > 0 ? <span class="lane-bar-name">{t('lanes.next')}</span> : null}
            <LaneChips labels={planned} />
          </>
        )}
        {isOpen ? <h3>{t('lanes.editor')}</h3> : null}
        {isOpen ? null : <AddLaneButton />}
        <button
          type="button"
          id={laneEditButtonId}
          class="quiet-button"
          aria-expanded={isOpen}
          aria-controls={editorId}
          onClick={() => {
            page.isLaneEditorOpen.value = !isOpen;
          }}
        >
          {t(isOpen ? 'lanes.done' : 'lanes.edit')}
        </button>
        <EditedChip />
        {isOpen || laneList.override.value === null ? null : (
          <button type="button" class="quiet-button" onClick={laneList.restore}>
            {t('lanes.restore')}
          </button>
        )}
        <ScheduleSelect />
      </div>
      <Remarks />
      {isOpen ? <LaneEditor id={editorId} /> : null}
    </section>
  );
}

function LaneChips({ labels }: { readonly labels: readonly string[] }): preact.JSX.Element {
  const { verbs } = usePage();
  return (
    <ul class="lane-chips">
      {labels.map((label, index) => (
        <li key={label}>
          <button type="button" class="lane-chip-button" title={t('lanes.editOne', { lane: label })} onClick={() => verbs.editLanes(index)}>
            <Swatch index={index} /> {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Says that the page's list takes the place of the program's. */
function EditedChip(): preact.JSX.Element | null {
  const { page } = usePage();
  const { override, own } = page.laneList;
  if (override.value === null) return null;
  const lanes = own.value === null ? t('schedule.automaticUnknown') : own.value.map(({ label }) => label).join(', ');
  return (
    <span class="chip" title={t('lanes.editedHint', { lanes })}>
      {t('lanes.edited')}
    </span>
  );
}

/** What there is to say about the schedule, unless the run on screen has the same one and says it. */
function Remarks(): preact.JSX.Element | null {
  const { page } = usePage();
  const plan = page.schedule.plan.value;
  if (plan === null || (page.run.lanes.value.length > 0 && !page.isChanged.value)) return null;
  return (
    <>
      {planRemarks(plan).map(({ text, isWarning }) => (
        <p key={text} class={`lane-remark${isWarning ? ' is-warning' : ''}`} role="status">
          {text}
        </p>
      ))}
    </>
  );
}
