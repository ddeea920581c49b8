// Mistakes that people make with data parallelism, as switches: each breaks one thing that makes N ranks train what one would, and leaves
// everything else alone. A lane that breaks something says so wherever it is shown. (The fourth classic, a larger batch at an unchanged
// learning rate, is `lrScaling: 'none'`.)

/** `sum`: gradients are summed over the ranks, not averaged. `same-data`: no sampler, every rank sees the first shard. `seed-per-rank`: every rank initialises its own weights. */
export const breakers = ['sum', 'same-data', 'seed-per-rank'] as const;
export type Breaker = (typeof breakers)[number];

/** Whether a lane's ranks must hold the same weights at the end: not where each was told to start from its own. */
export function endsInAgreement({ breakers: broken }: { readonly breakers: readonly Breaker[] }): boolean {
  return !broken.includes('seed-per-rank');
}
