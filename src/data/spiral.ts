// Interleaved spirals in the plane: the smallest problem that a linear model cannot solve (Karpathy, CS231n notes, "Putting it together:
// minimal neural network case study"). Class c's arm winds from angle 4c to 4(c+1) radians while its radius grows from 0 to 1;
// `noise` is the standard deviation of the angle. Points to test on are drawn anew from the same arms.

import type { Prng } from '../core/prng.ts';
import { tf } from '../engine/tf.ts';
import { checkOptions } from './check-options.ts';
import { datasetPrng } from './dataset-seed.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';
import { oneHot } from './one-hot.ts';

/** The shape of the spirals. */
export interface SpiralOptions {
  /** Arms, 2 to 10. */
  readonly classes?: number;
  /** Training points of each arm, 1 to 100,000. */
  readonly points?: number;
  /** Test points of each arm, 0 (no test set) to 100,000. */
  readonly testPoints?: number;
  /** Standard deviation of the angle in radians, 0 to 10. */
  readonly noise?: number;
}

/** Spirals with `x` (points, 2) in the unit disc and `y` (points, classes) one-hot. Rejects with `data-invalid` for bad options. */
export async function spiral(options: SpiralOptions = {}): Promise<Dataset> {
  const { classes, points, testPoints, noise } = checkOptions('datasets.spiral', options, {
    classes: { standard: 3, least: 2, most: 10 },
    points: { standard: 100, least: 1, most: 100_000 },
    testPoints: { standard: 50, least: 0, most: 100_000 },
    noise: { standard: 0.2, least: 0, most: 10, isFraction: true },
  });
  return {
    train: arms(classes, points, noise, datasetPrng('spiral', 'train')),
    test: testPoints === 0 ? null : arms(classes, testPoints, noise, datasetPrng('spiral', 'test')),
  };
}

function arms(classes: number, points: number, noise: number, prng: Prng): DatasetSplit {
  const count = classes * points;
  const positions = new Float32Array(count * 2);
  const labels = new Uint8Array(count);
  // Rows go through the arms in turn, so that even unshuffled batches hold every class.
  for (let row = 0; row < count; row++) {
    const label = row % classes;
    const progress = points === 1 ? 0.5 : Math.floor(row / classes) / (points - 1);
    const angle = 4 * (label + progress) + noise * prng.normal();
    positions[2 * row] = progress * Math.sin(angle);
    positions[2 * row + 1] = progress * Math.cos(angle);
    labels[row] = label;
  }
  return { x: tf.tensor(positions, [count, 2]), y: tf.tensor(oneHot(labels, classes), [count, classes]) };
}
