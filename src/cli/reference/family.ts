// One kind of case. Each lives in a file of its own in families/ and is found there (families.ts), so that a new kind is a new file.

import type { Fields, ReferenceCase } from './reference-case.ts';

/** Computes all cases of a kind with what programs get. */
export interface CaseFamily {
  /** Whether a case is of this kind, by the prefix of its id and the fields of its input; never by a whole id. */
  readonly claims: (given: ReferenceCase) => boolean;
  /**
   * What our code gets, under the names that `expected` uses; several runs by name where each of them must get it. Throws
   * UnsupportedCase for a variation it does not know.
   */
  readonly compute: (given: ReferenceCase) => Fields | Runs | Promise<Fields | Runs>;
}

/** Results of the same case in several ways, such as on 1, 2 and 4 ranks. */
export class Runs {
  readonly byName: ReadonlyMap<string, Fields>;

  constructor(byName: ReadonlyMap<string, Fields>) {
    this.byName = byName;
  }
}

/** A case of a known kind that asks for something which does not exist here. */
export class UnsupportedCase extends Error {
  override readonly name = 'UnsupportedCase';
}
