// Which lanes are being run again or have been, and what came of it: of the run on screen, which go with it, and kept runs, which stay.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Verification } from '../compare/verify.ts';

/** How far the verification of one lane is. */
export type LaneVerification =
  | { readonly kind: 'running'; readonly doneSteps: number }
  | { readonly kind: 'done'; readonly verification: Verification }
  | { readonly kind: 'stopped' }
  /** It could not be run again. */
  | { readonly kind: 'refused'; readonly message: string };

/** What is verified: a lane by its place in the run on screen, or a kept run by its id. */
export type VerifiedKey = number | string;

export interface VerificationState {
  readonly lanes: Signal<ReadonlyMap<VerifiedKey, LaneVerification>>;
  readonly isBusy: ReadonlySignal<boolean>;
  set(key: VerifiedKey, verification: LaneVerification): void;
  /** Forgets the lanes of the run on screen. */
  forget(): void;
}

/** Nothing has been verified. */
export function createVerification(): VerificationState {
  const lanes = signal<ReadonlyMap<VerifiedKey, LaneVerification>>(new Map());
  return {
    lanes,
    isBusy: computed(() => [...lanes.value.values()].some(({ kind }) => kind === 'running')),
    set(key, verification) {
      lanes.value = new Map([...lanes.value, [key, verification]]);
    },
    forget() {
      const kept = [...lanes.value].filter(([key]) => typeof key === 'string');
      if (kept.length < lanes.value.size) lanes.value = new Map(kept);
    },
  };
}
