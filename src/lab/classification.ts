// Measures of a classifier on whole numbers, as in scikit-learn's sklearn.metrics.

import { PlaygroundError } from '../core/errors.ts';

/** The share of equal entries, 0 to 1. Throws `data-invalid` for lists of unequal length or none. */
export function accuracy(expected: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkLengths('accuracy', expected, predicted);
  let equalCount = 0;
  for (let index = 0; index < expected.length; index++) equalCount += expected[index] === predicted[index] ? 1 : 0;
  return equalCount / expected.length;
}

/** Counts by true class (rows) and predicted class (columns), classes 0 … classCount − 1. Throws `data-invalid` for others. */
export function confusionMatrix(expected: ArrayLike<number>, predicted: ArrayLike<number>, classCount: number): number[][] {
  checkLengths('confusionMatrix', expected, predicted);
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let index = 0; index < expected.length; index++) {
    const row = counts[expected[index] ?? -1];
    const column = predicted[index] ?? -1;
    if (row?.[column] === undefined) {
      throw new PlaygroundError(
        'data-invalid',
        `confusionMatrix: entry ${index} has classes ${expected[index]} and ${predicted[index]}, expected 0 to ${classCount - 1}. Raise classCount.`,
      );
    }
    row[column]++;
  }
  return counts;
}

function checkLengths(where: string, expected: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (expected.length > 0 && expected.length === predicted.length) return;
  throw new PlaygroundError(
    'data-invalid',
    `${where}: expected two lists of one length, got ${expected.length} and ${predicted.length} entries.`,
  );
}
