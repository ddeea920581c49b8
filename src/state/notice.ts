// One short notice at a time ("Draft saved"): said, shown for a moment, gone. Nothing that needs an answer or matters later goes
// here; that is what cards are for.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** The notice on screen. `id` differs for every one, so that the same text twice is seen twice. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** Shows notices. */
export interface NoticeState {
  readonly current: ReadonlySignal<Notice | null>;
  say(text: string): void;
  dismiss(): void;
}

/** How long a notice stays, in milliseconds. */
export const noticeMs = 3500;

/** Nothing to say yet. `schedule` calls back after a delay. */
export function createNotice(schedule: (callback: () => void, delayMs: number) => void): NoticeState {
  const current = signal<Notice | null>(null);
  let nextId = 1;
  return {
    current,
    say(text) {
      const id = nextId;
      nextId += 1;
      current.value = { id, text };
      schedule(() => {
        if (current.value?.id === id) current.value = null;
      }, noticeMs);
    },
    dismiss() {
      current.value = null;
    },
  };
}
