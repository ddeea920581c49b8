// Fisher's irises: three species told apart by four measurements, 50 flowers of each. Small enough that a run takes seconds. The split
// is stratified (the same number of each species in the test set) and drawn from the seed. Columns are standardised with mean and
// standard deviation of the *training* rows, as StandardScaler does: statistics of all rows would let the test set leak in.

import { tf } from '../engine/tf.ts';
import { checkOptions } from './check-options.ts';
import { datasetPrng } from './dataset-seed.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';
import { drawBalanced } from './draw-balanced.ts';
import { irisFeatures, irisSpecies, irisTable } from './iris-table.ts';
import { oneHot } from './one-hot.ts';

/** How the flowers are split. */
export interface IrisOptions {
  /** Flowers to test on, 0 (no test set) to 147; the other of the 150 are trained on. */
  readonly test?: number;
}

/**
 * Iris with `x` (flowers, 4), standardised, and `y` (flowers, 3) one-hot; 120 + 30 flowers unless asked otherwise.
 * Rejects with `data-invalid` for bad options.
 */
export async function iris(options: IrisOptions = {}): Promise<Dataset> {
  const { values, labels } = irisTable();
  const { test } = checkOptions('datasets.iris', options, { test: { standard: 30, least: 0, most: labels.length - irisSpecies.length } });
  const prng = datasetPrng('iris');
  const testRows = drawBalanced(labels, irisSpecies.length, test, prng);
  const isTest = new Set(testRows);
  const trainRows = prng.shuffle(Uint32Array.from(labels.keys()).filter((row) => !isTest.has(row)));

  const standardise = standardiser(values, trainRows);
  const splitOf = (rows: Uint32Array): DatasetSplit => ({
    x: tf.tensor(standardise(rows), [rows.length, irisFeatures.length]),
    y: tf.tensor(
      oneHot(
        Array.from(rows, (row) => labels[row] ?? 0),
        irisSpecies.length,
      ),
      [rows.length, irisSpecies.length],
    ),
  });
  return { train: splitOf(trainRows), test: test === 0 ? null : splitOf(testRows) };
}

/** A function that picks rows and standardises them with the statistics of `fitRows` (the biased variance, as StandardScaler). */
function standardiser(values: Float64Array, fitRows: Uint32Array): (rows: Uint32Array) => Float32Array {
  const width = irisFeatures.length;
  const means = new Float64Array(width);
  const variances = new Float64Array(width);
  const valueAt = (row: number, column: number): number => values[row * width + column] ?? 0;
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (const row of fitRows) sum += valueAt(row, column);
    const mean = sum / fitRows.length;
    let squares = 0;
    for (const row of fitRows) squares += (valueAt(row, column) - mean) ** 2;
    means[column] = mean;
    variances[column] = squares / fitRows.length;
  }
  return (rows) => {
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, index) => {
      for (let column = 0; column < width; column++) {
        const deviation = Math.sqrt(variances[column] ?? 0);
        // A column that does not vary carries nothing: it stays at zero instead of dividing by zero.
        out[index * width + column] = deviation === 0 ? 0 : (valueAt(row, column) - (means[column] ?? 0)) / deviation;
      }
    });
    return out;
  };
}
