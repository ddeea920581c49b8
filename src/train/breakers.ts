// Mistakes that people make with data parallelism, as switches: each breaks one thing that makes N ranks train what one would, and leaves
// everything else alone. A lane that breaks something says so wherever it is shown. (The fourth classic, a larger batch at an unchanged
// learning rate, is `lrScaling: 'none'`.)

/** `sum`: gradients are summed over the ranks, not averaged. `same-data`: no sampler, every rank sees the first shard. `seed-per-rank`: every rank initialises its own weights. */
export const breakers = ['sum', 'same-data', 'seed-per-rank'] as const;
export type Breaker = (typeof breakers)[number];
