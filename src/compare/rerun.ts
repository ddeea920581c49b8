// What has to be asked for to get a recorded lane again: its own short form and seed, and the run's steps. The lanes beside it do not matter:
// a lane computes the same bits alone.

import { parseVariantTable } from '../core/kernel-variants.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import type { LaneResult, Manifest } from '../runner/results.ts';
import { escapeLabel } from '../train/lane.ts';
import type { RecordedLane } from './verify.ts';

/** Overrides of a run. */
export interface Rerun {
  readonly lanes: string;
  readonly seed: number;
  /** Absent where the program decides. */
  readonly steps?: number;
  /** Other implementations of GPU kernels might end with other bits. */
  readonly kernelVariants: VariantTable;
}

/** The run of one lane alone. */
export function rerunOf({ manifest, lane }: RecordedLane): Rerun {
  return { lanes: listed(lane), seed: lane.seed, ...settingsOf(manifest) };
}

/** As few runs as there are seeds, with all lanes of a seed together, in the order of the record. */
export function rerunsOf(
  manifest: Manifest,
  lanes: readonly LaneResult[],
): readonly { readonly rerun: Rerun; readonly lanes: readonly LaneResult[] }[] {
  const seeds = [...new Set(lanes.map(({ seed }) => seed))];
  return seeds.map((seed) => {
    const together = lanes.filter((lane) => lane.seed === seed);
    return { rerun: { lanes: together.map(listed).join(', '), seed, ...settingsOf(manifest) }, lanes: together };
  });
}

/** Named as it was, so that what it says of itself is said of the same lane. */
function listed({ shortForm, label }: LaneResult): string {
  return label === shortForm ? shortForm : `${shortForm}+label=${escapeLabel(label)}`;
}

function settingsOf({ steps, kernelVariants }: Manifest): Pick<Rerun, 'steps' | 'kernelVariants'> {
  return { ...(steps === null ? {} : { steps }), kernelVariants: parseVariantTable(kernelVariants) }; // runs that are older than the choice have none
}
