// What can be done with a lane of the next run as a whole: its options, its place in the list, a copy of it, and its end. After a move the
// focus goes along with the lane, so that the same key can be pressed again.

import type { Signal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { CloseIcon, CopyIcon, DownIcon, OptionsIcon, UpIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';

/** What the buttons are drawn from. */
export interface LaneRowButtonsProps {
  readonly index: number;
  /** How many lanes there are. */
  readonly count: number;
  /** What the lane is called. */
  readonly lane: string;
  /** Whether its options are shown. */
  readonly isOpen: Signal<boolean>;
  readonly optionsId: string;
  readonly onRemoved: () => void;
}

const groupId = (index: number): string => `lane-buttons-${index}`;

/** The buttons at the end of a lane's row. */
export function LaneRowButtons({ index, count, lane, isOpen, optionsId, onRemoved }: LaneRowButtonsProps): preact.JSX.Element {
  const { page } = usePage();
  const { laneList } = page;
  const move = (by: 1 | -1): void => {
    laneList.move(index, by);
    // Once it is drawn.
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`#${groupId(index + by)} .${by === 1 ? 'lane-down' : 'lane-up'}`)?.focus(),
    );
  };
  const button = (name: 'up' | 'down' | 'clone' | 'remove', reason: string | null, Icon: typeof UpIcon, onPress: () => void) => (
    <ExplainedButton
      class={`icon-button lane-${name}`}
      label={t(`lanes.${name}`, { lane })}
      hint={t(`lanes.${name}`, { lane })}
      reason={reason}
      onPress={onPress}
    >
      <Icon />
    </ExplainedButton>
  );
  return (
    <span class="lane-row-buttons" id={groupId(index)}>
      <button
        type="button"
        class="icon-button"
        aria-label={t('lanes.options', { lane })}
        title={t('lanes.options', { lane })}
        aria-expanded={isOpen.value}
        aria-controls={optionsId}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <OptionsIcon />
      </button>
      {count === 1 ? null : button('up', index === 0 ? t('lanes.isFirst') : null, UpIcon, () => move(-1))}
      {count === 1 ? null : button('down', index === count - 1 ? t('lanes.isLast') : null, DownIcon, () => move(1))}
      {button('clone', null, CopyIcon, () => laneList.clone(index))}
      {button('remove', count === 1 ? t('lanes.removeLast') : null, CloseIcon, () => {
        laneList.remove(index);
        onRemoved();
      })}
    </span>
  );
}
