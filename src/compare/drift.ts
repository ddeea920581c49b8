// How far step times of the same work are apart on one machine.

/** Step times of one lane that differ by more than this between its halves, or between repeats, are no basis for a comparison; others by less are the same. */
export const driftLimit = 1.1;
