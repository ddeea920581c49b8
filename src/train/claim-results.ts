// What a claim is judged on: the part of `results.json` (src/runner/results.ts, which fits it) that says how lanes ended.

/** The results of a run, as far as claims may rest on them. docs/results.md has the fields' meanings. */
export interface ClaimResults {
  readonly manifest: { readonly seed: number | null; readonly steps: number | null; readonly preset: 'cpu' | null };
  readonly lanes: readonly ClaimLane[];
}

/** One lane. JSON has no NaN: what was not finite or does not apply is null. */
export interface ClaimLane {
  readonly label: string;
  readonly shortForm: string;
  readonly worldSize: number;
  readonly f16: 'native' | 'packed' | 'simulated' | null;
  readonly state: string;
  readonly steps: number;
  readonly series: readonly (Readonly<Record<string, number | null>> & { readonly step: number; readonly loss: number | null })[];
  readonly evals: readonly (Readonly<Record<string, number | null>> & { readonly step: number })[];
  readonly final: Readonly<Record<string, number | null>>;
  readonly medianStepMs: number | null;
  /** In bytes, of rank 0; null where they are not counted. */
  readonly bytes: { readonly weights: number; readonly optimizer: number; readonly graph: number; readonly peak: number } | null;
  readonly bytesSent: number;
  readonly weightsHash: string | null;
  readonly distanceToBaseline: number | null;
  readonly replicasAgree: boolean | null;
  readonly learningRateChanges: readonly unknown[];
}

/**
 * Judges a claim about the lanes of these short forms or labels, given in their order. Null where one of them is not in this run, did not
 * end, or had its learning rate changed by hand: then the run is not about this claim.
 */
export function withLanes<const Names extends readonly string[]>(
  results: ClaimResults,
  names: Names,
  judge: (...lanes: { [Index in keyof Names]: ClaimLane }) => boolean | null,
): boolean | null {
  const lanes = names.map((name) => results.lanes.find(({ shortForm, label }) => shortForm === name || label === name));
  if (lanes.some((lane) => lane === undefined || lane.state !== 'done' || lane.learningRateChanges.length > 0)) return null;
  return judge(...(lanes as { [Index in keyof Names]: ClaimLane })); // none is undefined, as was just asked
}
