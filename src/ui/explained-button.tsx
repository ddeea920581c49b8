// An icon button that can say why it does nothing. One that cannot be used stays in the tab order and keeps its tooltip, which a
// disabled one would lose; pressing it says the reason, because a finger sees no tooltips.

import type { ComponentChildren } from 'preact';
import { usePage } from './page-context.ts';

/** What the button is and does. */
export interface ExplainedButtonProps {
  readonly label: string;
  readonly hint: string;
  /** Why it cannot be used now; null where it can. */
  readonly reason: string | null;
  readonly onPress: () => void;
  readonly isPressed?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** The button. */
export function ExplainedButton(props: ExplainedButtonProps): preact.JSX.Element {
  const { page } = usePage();
  const { label, hint, reason, onPress, isPressed, children } = props;
  return (
    <button
      type="button"
      class={props.class ?? 'icon-button'}
      aria-label={label}
      aria-disabled={reason !== null}
      {...(isPressed === undefined ? {} : { 'aria-pressed': isPressed })}
      title={reason === null ? hint : `${label}: ${reason}`}
      onClick={() => {
        if (reason === null) onPress();
        else page.notice.say(reason);
      }}
    >
      {children}
    </button>
  );
}
