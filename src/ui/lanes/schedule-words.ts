// What needs to be said about a schedule: why it is not the usual one, what a race costs, and when there are too many workers at once.

import { t } from '../../state/locale.ts';
import type { RunSchedule } from '../../state/run.ts';
import type { SchedulePlan } from '../../state/schedule-choice.ts';

/** A remark; `isWarning` where times or the machine are at stake. */
export interface ScheduleRemark {
  readonly text: string;
  readonly isWarning: boolean;
}

/** The remarks on a plan: none where lanes take turns and fit. */
export function planRemarks({ schedule, reason, workerCount, workersAtOnce, isMuch }: SchedulePlan): readonly ScheduleRemark[] {
  const remarks = [...runRemarks({ schedule, reason }, workerCount)];
  if (isMuch) remarks.push({ text: t('lanes.many', { count: workersAtOnce }), isWarning: true });
  return remarks;
}

/** The remarks on the schedule a run has. */
export function runRemarks({ schedule, reason }: RunSchedule, workerCount: number): readonly ScheduleRemark[] {
  if (schedule === 'race') return [{ text: t('schedule.raceWarning'), isWarning: true }];
  if (schedule !== 'sequence') return [];
  return [
    {
      text: reason === 'too-many-ranks' ? t('schedule.becauseMany', { count: workerCount }) : t('schedule.sequence'),
      isWarning: false,
    },
  ];
}
