// Which lanes of the run on screen are being run again or have been, and what came of it. It belongs to that run and goes with it.

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

/** By a lane's place in the run. */
export interface VerificationState {
  readonly lanes: Signal<ReadonlyMap<number, LaneVerification>>;
  readonly isBusy: ReadonlySignal<boolean>;
  set(lane: number, verification: LaneVerification): void;
  forget(): void;
}

/** Nothing has been verified. */
export function createVerification(): VerificationState {
  const lanes = signal<ReadonlyMap<number, LaneVerification>>(new Map());
  return {
    lanes,
    isBusy: computed(() => [...lanes.value.values()].some(({ kind }) => kind === 'running')),
    set(lane, verification) {
      lanes.value = new Map([...lanes.value, [lane, verification]]);
    },
    forget() {
      if (lanes.value.size > 0) lanes.value = new Map();
    },
  };
}
