// Problems of the program in the editor: syntax and import errors, which stop a run, and type errors, which do not. The editor
// keeps the list current while one types; a Run that was refused marks it, so that the list is shown and announced.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Problem } from './page-api.ts';

/** The list under the editor. */
export interface ProblemsState {
  readonly list: Signal<readonly Problem[]>;
  /** True from a refused Run until the problems that stopped it are gone. */
  readonly wasRefused: ReadonlySignal<boolean>;
  readonly stoppingCount: ReadonlySignal<number>;
  /** Notes what a Run found. */
  refuse(problems: readonly Problem[]): void;
  /** Forgets a refusal: the next Run went through. */
  accept(problems: readonly Problem[]): void;
}

/** No problems yet. */
export function createProblems(): ProblemsState {
  const list = signal<readonly Problem[]>([]);
  const refused = signal(false);
  /** A Run finds what stops it; type errors are the editor's to report, and stay as it last said. */
  const withTypeProblems = (found: readonly Problem[]): readonly Problem[] => [...found, ...list.value.filter(({ stopsRun }) => !stopsRun)];
  const stoppingCount = computed(() => list.value.filter((problem) => problem.stopsRun).length);
  return {
    list,
    stoppingCount,
    wasRefused: computed(() => refused.value && stoppingCount.value > 0),
    refuse(problems) {
      list.value = withTypeProblems(problems);
      refused.value = true;
    },
    accept(problems) {
      list.value = withTypeProblems(problems);
      refused.value = false;
    },
  };
}
