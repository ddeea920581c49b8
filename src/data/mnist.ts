// MNIST: 28 × 28 grey images of handwritten digits, 60,000 to train on and 10,000 to test (LeCun, Cortes and Burges; LeCun et al.,
// "Gradient-based learning applied to document recognition", 1998). Two files hold it: a first pack of 12,000 + 2,000 images, drawn
// class by class from all of them, that loads quickly, and the whole set, loaded only when a program asks for more. Whatever the number
// asked for, classes are as balanced as the data allow. Where they come from and on what terms: public/datasets/README.md.

import { PlaygroundError } from '../core/errors.ts';
import { tf } from '../engine/tf.ts';
import { checkOptions } from './check-options.ts';
import { datasetPrng } from './dataset-seed.ts';
import { readDatasetBytes } from './dataset-source.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';
import { drawBalanced } from './draw-balanced.ts';
import { readImagePack, type ImagePack, type PackedImages } from './image-pack.ts';
import { mnistFirstPack, mnistFullPack } from './mnist-packs.ts';
import { oneHot } from './one-hot.ts';

/** How many images to take. */
export interface MnistOptions {
  /** 1 to 60,000. */
  readonly train?: number;
  /** 0 (no test set) to 10,000. */
  readonly test?: number;
}

/**
 * MNIST with `x` (images, 28, 28, 1) in [0, 1] and `y` (images, 10) one-hot. The same seed draws the same images.
 * Rejects with `data-invalid` for more images than there are, or none.
 */
export async function mnist(options: MnistOptions = {}): Promise<Dataset> {
  const { train, test } = checkOptions('datasets.mnist', options, {
    train: { standard: mnistFirstPack.trainCount, least: 1, most: mnistFullPack.trainCount },
    test: { standard: mnistFirstPack.testCount, least: 0, most: mnistFullPack.testCount },
  });
  const isFirstPackEnough = train <= mnistFirstPack.trainCount && test <= mnistFirstPack.testCount;
  const { name } = isFirstPackEnough ? mnistFirstPack : mnistFullPack;
  const pack = await readImagePack(await readDatasetBytes(name));
  return {
    train: splitOf(pack, pack.train, train, 'train'),
    test: test === 0 ? null : splitOf(pack, pack.test, test, 'test'),
  };
}

function splitOf(pack: ImagePack, images: PackedImages, count: number, name: 'train' | 'test'): DatasetSplit {
  if (count > images.count) {
    throw new PlaygroundError(
      'data-invalid',
      `datasets.mnist: expected ${count} ${name} images in the file, got ${images.count}. Build again.`,
    );
  }
  const { rows, columns, classCount } = pack;
  const isWhole = count === images.count;
  const chosen = isWhole ? null : drawBalanced(images.labels, classCount, count, datasetPrng('mnist', name));
  const imageSize = rows * columns;
  const pixels = new Float32Array(count * imageSize);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const source = chosen === null ? row : (chosen[row] ?? 0);
    labels[row] = images.labels[source] ?? 0;
    const from = source * imageSize;
    const to = row * imageSize;
    for (let pixel = 0; pixel < imageSize; pixel++) pixels[to + pixel] = (images.pixels[from + pixel] ?? 0) / 255;
  }
  return { x: tf.tensor(pixels, [count, rows, columns, 1]), y: tf.tensor(oneHot(labels, classCount), [count, classCount]) };
}
