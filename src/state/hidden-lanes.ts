// Lanes of the current run that somebody does not want to see for a while, by index. They train on; charts leave them out.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

/** Every lane is shown. */
export function createHiddenLanes(): Signal<ReadonlySet<number>> {
  return signal<ReadonlySet<number>>(new Set());
}
