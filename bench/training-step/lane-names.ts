// What each model is run as in the real page.

/** The first is what the bare loops are, so that the two can be compared. */
export const laneNames = ['1xfp32', '1xfp16', '4xfp32'] as const;

/** A lane that came to its end. */
export interface LaneTimes {
  readonly lane: string;
  readonly execution: string;
  /** From the end of a step on the device to the end of the next; the median over means of ten steps, as the page shows it. */
  readonly stepMs: number;
}
