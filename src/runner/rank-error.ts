// An error of one rank, with that rank.

export class RankError extends Error {
  readonly rank: number;

  constructor(rank: number, cause: unknown) {
    super(`rank ${rank} failed`, { cause });
    this.rank = rank;
  }
}
