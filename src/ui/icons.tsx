// The few icons of the page, drawn on a 16-pixel grid with the colour of the text beside them. They never carry meaning alone: the
// button around each has a label.

import type { ComponentChildren } from 'preact';

function Icon({ children }: { readonly children: ComponentChildren }): preact.JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** Run. */
export const PlayIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M5 3.2v9.6l7.6-4.8z" fill="currentColor" />
  </Icon>
);

/** Stop. */
export const StopIcon = (): preact.JSX.Element => (
  <Icon>
    <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />
  </Icon>
);

/** Pause. */
export const PauseIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2.5" />
  </Icon>
);

/** More to set. */
export const OptionsIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3 5h4M11 5h2M3 11h2M9 11h4" />
    <circle cx="9" cy="5" r="1.6" />
    <circle cx="7" cy="11" r="1.6" />
  </Icon>
);

/** One step. */
export const StepIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3.5 3.6v8.8l6.6-4.4z" fill="currentColor" />
    <path d="M12.5 3.5v9" stroke-width="2" />
  </Icon>
);

/** Back to the beginning. */
export const ResetIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M12.5 3.6v8.8L5.9 8z" fill="currentColor" />
    <path d="M3.5 3.5v9" stroke-width="2" />
  </Icon>
);

/** More of something. */
export const PlusIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M8 3.5v9M3.5 8h9" />
  </Icon>
);

/** Less of something. */
export const MinusIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3.5 8h9" />
  </Icon>
);

/** Another seed. */
export const RenewIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8" />
  </Icon>
);

/** Light or dark. */
export const ThemeIcon = (): preact.JSX.Element => (
  <Icon>
    <circle cx="8" cy="8" r="5.2" />
    <path d="M8 2.8a5.2 5.2 0 0 1 0 10.4z" fill="currentColor" stroke="none" />
  </Icon>
);

/** Copy. */
export const CopyIcon = (): preact.JSX.Element => (
  <Icon>
    <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1" />
    <path d="M3 10.5V4a1 1 0 0 1 1-1h6.5" />
  </Icon>
);

/** Earlier runs. */
export const HistoryIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5v2.8h2.8M8 5.5V8l1.8 1.2" />
  </Icon>
);

/** Worth keeping in sight. */
export const StarIcon = ({ isFilled }: { readonly isFilled: boolean }): preact.JSX.Element => (
  <Icon>
    <path d="M8 2.6l1.7 3.5 3.8.5-2.8 2.7.7 3.8L8 11.3l-3.4 1.8.7-3.8-2.8-2.7 3.8-.5z" fill={isFilled ? 'currentColor' : 'none'} />
  </Icon>
);

/** Folds out. */
export const ChevronIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M4 6l4 4 4-4" />
  </Icon>
);

/** Dismiss. */
export const CloseIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M4 4l8 8M12 4l-8 8" />
  </Icon>
);

/** Everything there is, as a shelf of cards. */
export const GalleryIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z" />
  </Icon>
);

/** The one before. */
export const PreviousIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M9.8 3.8L5.6 8l4.2 4.2" />
  </Icon>
);

/** The one after. */
export const NextIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M6.2 3.8L10.4 8l-4.2 4.2" />
  </Icon>
);

/** One place up. */
export const UpIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3.8 9.8L8 5.6l4.2 4.2" />
  </Icon>
);

/** One place down. */
export const DownIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M3.8 6.2L8 10.4l4.2-4.2" />
  </Icon>
);

/** In sight. */
export const EyeIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z" />
    <circle cx="8" cy="8" r="1.8" />
  </Icon>
);

/** Put aside. */
export const EyeOffIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM3 13L13 3" />
  </Icon>
);

/** Larger type. */
export const TypeSizeIcon = (): preact.JSX.Element => (
  <Icon>
    <path d="M1.5 12.5l3.2-8.8h.6l3.2 8.8M2.6 9.6h4.8M10 12.5l1.9-5h.4l1.9 5M10.7 10.7h2.8" />
  </Icon>
);

/** The name of the page as a picture: two curves in step. */
export function Mark(): preact.JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" fill="none" stroke-width="2.4" stroke-linecap="round" aria-hidden="true">
      <path d="M3 3.5c3 9 7 11.5 18 11.5" stroke="var(--accent)" />
      <path d="M3 9.5c3 8 7 10.5 18 10.5" stroke="currentColor" />
    </svg>
  );
}
