// How the lanes of the next run share the machine. Automatic says which way it will be.

import { schedules } from '../../runner/schedule.ts';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** The choice of a schedule. */
export function ScheduleSelect(): preact.JSX.Element {
  const { page } = usePage();
  const { asked, plan } = page.schedule;
  const automatic = asked.value === null ? plan.value : null;
  return (
    <select
      class="small-select schedule-select"
      aria-label={t('schedule.label')}
      title={t(plan.value === null ? 'schedule.label' : `schedule.${plan.value.schedule}Hint`)}
      value={asked.value ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget;
        asked.value = schedules.find((name) => name === value) ?? null;
      }}
    >
      <option value="">
        {automatic === null ? t('schedule.automaticUnknown') : t('schedule.automatic', { schedule: t(`schedule.${automatic.schedule}`) })}
      </option>
      {schedules.map((name) => (
        <option key={name} value={name}>
          {t(`schedule.${name}`)}
        </option>
      ))}
    </select>
  );
}
