// What of a curve is drawn, and what a chart becomes as a file. The oracle of decimation is a walk over every row.

import { describe, expect, it } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import type { Curve } from '../../src/state/chart-curves.ts';
import { Column } from '../../src/state/column.ts';
import { MinMaxPyramid, pyramidOf } from '../../src/state/min-max-pyramid.ts';
import { bucketLevel } from '../../src/ui/chart/bucket-levels.ts';
import { chartCsv, textCell } from '../../src/ui/chart/chart-csv.ts';
import { handleChartKey, shifted, zoomed } from '../../src/ui/chart/chart-input.ts';
import { SceneBuilder } from '../../src/ui/chart/chart-scene.ts';
import { decimate, mostPerColumn } from '../../src/ui/chart/decimate.ts';
import { memoryParts } from '../../src/ui/chart/memory-panel.tsx';
import { logarithmicTicks, niceTicks } from '../../src/ui/chart/nice-ticks.ts';
import { Points } from '../../src/ui/chart/points.ts';
import { readAt } from '../../src/ui/chart/readout.ts';
import { scenePixels } from '../../src/ui/chart/scene-pixels.ts';
import { markerPlaces, traceLine } from '../../src/ui/chart/trace.ts';

function columnOf(values: Iterable<number>): Column {
  const column = new Column();
  for (const value of values) column.push(value);
  return column;
}

function curveOf(raw: readonly number[], more: Partial<Curve> = {}): Curve {
  const step = columnOf(raw.map((_, at) => at + 1));
  return {
    label: '1xfp32',
    kind: 'lane',
    lanes: [0],
    styleIndex: 0,
    overlayIndex: 0,
    repeatCount: 1,
    seedCount: 1,
    step,
    x: step,
    raw: columnOf(raw),
    smoothed: null,
    band: null,
    nonFiniteRows: () => null,
    skippedRows: null,
    update: () => undefined,
    ...more,
  };
}

const drawn = (points: Points) => Array.from({ length: points.length }, (_, at) => [points.x(at), points.y(at)]);

describe('a pyramid', () => {
  it('knows the extremes of any stretch while its column grows, as a walk over the stretch finds them', () => {
    const random = createPrng(11);
    const column = new Column();
    const all = new MinMaxPyramid(column);
    const positive = new MinMaxPyramid(column, true);
    for (let round = 0; round < 60; round += 1) {
      for (let count = Math.floor(random.next() * 200); count > 0; count -= 1) {
        column.push(random.next() < 0.05 ? [NaN, Infinity, -Infinity][count % 3]! : random.next() * 20 - 5);
      }
      const from = Math.floor(random.next() * column.length);
      const to = from + Math.floor(random.next() * (column.length - from + 1));
      for (const [pyramid, isTaken] of [
        [all, Number.isFinite],
        [positive, (value: number) => Number.isFinite(value) && value > 0],
      ] as const) {
        const found = { min: Infinity, max: -Infinity };
        pyramid.widen(found, from, to);
        const taken = column.view().slice(from, to).filter(isTaken);
        expect(found).toEqual({ min: Math.min(Infinity, ...taken), max: Math.max(-Infinity, ...taken) });
      }
    }
    expect(positive.leftOutCount()).toBe(column.view().filter((value) => Number.isFinite(value) && value <= 0).length);
  });
});

describe('decimation', () => {
  it('keeps the least and the most value of every pixel column, for random curves and stretches', () => {
    const random = createPrng(5);
    for (let round = 0; round < 40; round += 1) {
      const count = 1000 + Math.floor(random.next() * 20_000);
      let place = 0;
      const x = columnOf(Array.from({ length: count }, () => (place += random.next() ** 4))); // bunched and spread, with many in some columns
      const y = columnOf(Array.from({ length: count }, () => (random.next() < 0.01 ? NaN : random.next() ** 3 - 0.3)));
      const min = random.next() * place * 0.4;
      const range = { min, max: min + place * (0.3 + random.next() * 0.5) };
      const columnCount = 20 + Math.floor(random.next() * 60);
      const isPositiveOnly = round % 2 === 1;
      const points = new Points();
      const isDecimated = decimate({ x, y, pyramid: pyramidOf(y, isPositiveOnly), gaps: null }, range, columnCount, points);
      const inView = [...x.view()].filter((value) => value >= range.min && value <= range.max).length;
      expect(isDecimated).toBe(inView + 2 > mostPerColumn * columnCount);
      expect(points.length).toBeLessThanOrEqual(mostPerColumn * (columnCount + 2));
      if (isDecimated) expectColumnsKept(x, y, isPositiveOnly, range, columnCount, points);
    }
  });

  /**
   * Buckets are no wider than a pixel, and one may lie across the edge of a column: then the extremes of both are drawn within half a pixel. What
   * is drawn up to there reaches as far as the column's own values do, and no further than those of its neighbours.
   */
  function expectColumnsKept(
    x: Column,
    y: Column,
    isPositiveOnly: boolean,
    range: { min: number; max: number },
    columnCount: number,
    points: Points,
  ): void {
    const width = (range.max - range.min) / columnCount;
    const columnOfPlace = (at: number) => Math.floor((at - range.min) / width);
    const own = Array.from({ length: columnCount }, (): number[] => []);
    for (let row = 0; row < x.length; row += 1) {
      const value = y.at(row);
      if (Number.isFinite(value) && (!isPositiveOnly || value > 0)) own[columnOfPlace(x.at(row))]?.push(value);
    }
    const all = drawn(points);
    const logged = new Set(y.view().filter((value) => Number.isFinite(value) && (!isPositiveOnly || value > 0)));
    own.forEach((values, column) => {
      if (values.length === 0) return;
      const middle = range.min + (column + 0.5) * width;
      const near = all.flatMap(([px = NaN, py = NaN]) => (Math.abs(px - middle) <= width * (1 + 1e-9) ? [py] : []));
      const around = [...(own[column - 1] ?? logged), ...values, ...(own[column + 1] ?? logged)];
      expect(Math.min(...near)).toBeLessThanOrEqual(Math.min(...values));
      expect(Math.max(...near)).toBeGreaterThanOrEqual(Math.max(...values));
      expect(Math.min(...near)).toBeGreaterThanOrEqual(Math.min(...around));
      expect(Math.max(...near)).toBeLessThanOrEqual(Math.max(...around));
    });
    // And nothing is drawn that was not there.
    expect(all.filter(([, py = NaN]) => !logged.has(py))).toEqual([]);
  }

  it('has the extremes of its own buckets exactly, grown bit by bit as well as at once', () => {
    const random = createPrng(9);
    const grown = { x: new Column(), y: new Column() };
    const sourceOf = ({ x, y }: typeof grown) => ({ x, y, pyramid: pyramidOf(y, false), gaps: null });
    for (let row = 0; row < 5000; row += 1) {
      grown.x.push(row + 1);
      grown.y.push(random.next() - 0.5);
      if (row % 37 === 0) bucketLevel(sourceOf(grown), 20);
    }
    const level = bucketLevel(sourceOf(grown), 20);
    expect(level.width).toBe(16);
    const expected = new Map<number, number[]>();
    grown.y.view().forEach((value, row) => {
      const bucket = Math.floor((row + 1) / 16);
      expected.set(bucket, [...(expected.get(bucket) ?? []), value]);
    });
    expect([...level.index.view()]).toEqual([...expected.keys()]);
    expect([...level.min.view()]).toEqual([...expected.values()].map((values) => Math.min(...values)));
    expect([...level.max.view()]).toEqual([...expected.values()].map((values) => Math.max(...values)));
  });

  it('leaves few values where they are, passes over what was not logged and interrupts the line at what is no number', () => {
    const points = new Points();
    const y = columnOf([1, NaN, 3, NaN, 5]);
    decimate({ x: columnOf([1, 2, 3, 4, 5]), y, pyramid: pyramidOf(y, false), gaps: columnOf([3]) }, { min: 1, max: 5 }, 100, points);
    expect(drawn(points)).toEqual([
      [1, 1],
      [3, 3],
      [3, NaN],
      [5, 5],
    ]);
  });

  it('interrupts a dense line, too, where a stretch of it is no number', () => {
    const raw = Array.from({ length: 10_000 }, (_, at) => (at >= 4000 && at < 6000 ? NaN : Math.sin(at)));
    const gaps = columnOf(raw.flatMap((value, at) => (Number.isNaN(value) ? [at] : [])));
    const points = new Points();
    const y = columnOf(raw);
    decimate({ x: columnOf(raw.keys()), y, pyramid: pyramidOf(y, false), gaps }, { min: 0, max: 9999 }, 100, points);
    expect(drawn(points).filter(([, value]) => Number.isNaN(value))).toEqual([[expect.closeTo(3990, -2), NaN]]);
  });
});

describe('a scene', () => {
  const view = { min: 1, max: 4 };
  const rangeOf = (raw: readonly number[], isLogarithmic = false) => new SceneBuilder().build([curveOf(raw)], view, 100, isLogarithmic).y;

  it('holds what is in view with some room, whatever that is', () => {
    expect(rangeOf([0, 1, 2, 3])).toEqual({ min: 0, max: expect.closeTo(3.18, 12) });
    expect(rangeOf([-1, 1])).toEqual({ min: expect.closeTo(-1.12, 12), max: expect.closeTo(1.12, 12) });
    const constant = rangeOf([7, 7, 7]);
    expect(constant.min).toBeLessThan(7);
    expect(constant.max).toBeGreaterThan(7);
    expect(rangeOf([5]).max).toBeGreaterThan(5);
    expect(rangeOf([])).toEqual({ min: 0, max: 1 });
    expect(rangeOf([NaN, NaN])).toEqual({ min: 0, max: 1 });
    expect(rangeOf([-Number.MAX_VALUE, Number.MAX_VALUE])).toEqual({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
  });

  it('has positive values only on a logarithmic axis, also where there are none', () => {
    expect(rangeOf([-3, 0, 0.1, 10], true).min).toBeGreaterThan(0);
    expect(rangeOf([-3, 0], true)).toEqual({ min: 0.1, max: 1 });
    const alone = rangeOf([2], true);
    expect([alone.min, alone.max]).toEqual([expect.closeTo(2 / 3, 12), expect.closeTo(6, 12)]);
  });

  it('marks values that are no numbers at most once in three pixels', () => {
    const raw = Array.from({ length: 3000 }, () => NaN);
    const curve = curveOf(raw, { nonFiniteRows: () => columnOf(raw.keys()) });
    const [only] = new SceneBuilder().build([curve], { min: 1, max: 3000 }, 300, false).curves;
    expect(only?.gapXs.length).toBeGreaterThan(90);
    expect(only?.gapXs.length).toBeLessThanOrEqual(101);
  });

  it('is read at the nearest row that has a value, and nowhere beyond a curve’s end', () => {
    const scene = new SceneBuilder().build([curveOf([1, NaN, 3]), curveOf([1])], { min: 1, max: 300 }, 100, false);
    expect(readAt(scene, 2.1).map(({ row, raw }) => [row, raw])).toEqual([
      [2, 3],
      [0, 1],
    ]);
    expect(readAt(scene, 200).map(({ row }) => row)).toEqual([-1, -1]);
  });
});

describe('a line', () => {
  const box = { left: 10, top: 20, width: 100, height: 50 };
  const commands = (points: Points, isLogarithmic = false, y = { min: 0, max: 10 }) => {
    const list: (string | number)[][] = [];
    const pen = {
      moveTo: (px: number, py: number) => void list.push(['M', px, py]),
      lineTo: (px: number, py: number) => void list.push(['L', px, py]),
    };
    traceLine(points, scenePixels({ x: { min: 0, max: 10 }, y, isLogarithmic }, box), pen);
    return list;
  };

  it('begins anew after a gap, and a value alone is a dot', () => {
    const points = new Points();
    points.push(0, 0);
    points.push(5, 10);
    points.gap();
    points.push(10, 5);
    expect(commands(points)).toEqual([
      ['M', 10, 70],
      ['L', 60, 20],
      ['M', 110, 45],
      ['L', 111, 45],
    ]);
  });

  it('places powers of ten evenly on a logarithmic axis', () => {
    const points = new Points();
    for (const [x, y] of [
      [0, 1],
      [5, 10],
      [10, 100],
    ] as const)
      points.push(x, y);
    expect(commands(points, true, { min: 1, max: 100 }).map(([, , y]) => y)).toEqual([70, 45, 20]);
  });

  it('of the largest numbers there are reaches from edge to edge', () => {
    const pixels = scenePixels({ x: { min: 0, max: 10 }, y: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE }, isLogarithmic: false }, box);
    expect([-Number.MAX_VALUE, 0, Number.MAX_VALUE].map((value) => pixels.y(value))).toEqual([70, 45, 20]);
  });

  it('has a marker on each of few points, and now and then one on many', () => {
    const pixels = scenePixels({ x: { min: 0, max: 1000 }, y: { min: 0, max: 1 }, isLogarithmic: false }, { ...box, width: 1000 });
    const few = new Points();
    for (let at = 0; at < 20; at += 1) few.push(at * 50, 0.5);
    const many = new Points();
    for (let at = 0; at < 1000; at += 1) many.push(at, 0.5);
    expect(markerPlaces(few, pixels, 1, 0)).toHaveLength(20);
    const [first, second] = [markerPlaces(many, pixels, 1, 0), markerPlaces(many, pixels, 1, 1)];
    expect(first.length).toBeGreaterThan(8);
    expect(first.length).toBeLessThan(12);
    expect(Math.abs((first[0]?.[0] ?? NaN) - (second[0]?.[0] ?? NaN))).toBeGreaterThan(12); // markers of two curves stand apart
  });
});

describe('moving about', () => {
  it('keeps the length of the view when it moves, does not go below zero, and keeps the place it zooms around', () => {
    expect(shifted({ min: 10, max: 20 }, 0.5)).toEqual({ min: 15, max: 25 });
    expect(shifted({ min: 10, max: 20 }, -2)).toEqual({ min: 0, max: 10 });
    expect(zoomed({ min: 10, max: 20 }, 0.5, 12)).toEqual({ min: 11, max: 16 });
  });

  it('is done by keys, and leaves other keys alone', () => {
    const seen: unknown[] = [];
    const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
      handleChartKey({ key, ...more } as KeyboardEvent, {
        range: { min: 0, max: 100 },
        crosshair: 50,
        nextPlace: (from, by) => (from ?? 0) + by,
        onZoom: (range) => seen.push(range),
        onCrosshair: (x) => seen.push(x),
      });
    expect(['ArrowRight', 'ArrowLeft', 'Home', '+', '-', '0', 'Escape'].every((key) => press(key))).toBe(true);
    expect(press('ArrowRight', { shiftKey: true })).toBe(true);
    expect(seen).toEqual([51, 49, 1, { min: 25, max: 75 }, { min: 0, max: 150 }, null, null, { min: 10, max: 110 }]);
    expect([press('a'), press('+', { ctrlKey: true })]).toEqual([false, false]);
  });
});

describe('a CSV', () => {
  const words = { lane: 'lane', step: 'step', axis: 'seconds', value: 'Loss' };

  it('has every digit, and values that are no numbers by name', () => {
    const raw = [0.1 + 0.2, NaN, Infinity, NaN];
    const curve = curveOf(raw, { nonFiniteRows: () => columnOf([1, 2]), smoothed: columnOf([1 / 3, NaN, NaN, NaN]) });
    expect(chartCsv([curve], 'step', words).split('\r\n')).toEqual([
      'lane,step,Loss,smoothed',
      '1xfp32,1,0.30000000000000004,0.3333333333333333',
      '1xfp32,2,NaN,NaN',
      '1xfp32,3,Infinity,NaN',
      '',
    ]);
  });

  it('has a column for another axis and for the band of repeats, empty where a curve has none', () => {
    const band = { low: columnOf([-1]), high: columnOf([3]) };
    const curves = [curveOf([1], { x: columnOf([0.5]), band }), curveOf([-2], { label: 'other', x: columnOf([0.25]) })];
    expect(chartCsv(curves, 'time', words)).toBe('lane,step,seconds,Loss,min,max\r\n1xfp32,1,0.5,1,-1,3\r\nother,1,0.25,-2,,\r\n');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ['two\nlines', '"two\nlines"'],
    ['1xfp32', '1xfp32'],
  ])('writes the text %j as %j', (text, cell) => {
    expect(textCell(text)).toBe(cell);
  });
});

describe('ticks', () => {
  it('are round, ascending and within the axis', () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(0.11, 0.29, 4)).toEqual([0.15, 0.2, 0.25]);
    expect(niceTicks(3, 3, 5)).toEqual([]);
    expect(niceTicks(-Number.MAX_VALUE, Number.MAX_VALUE, 5)).toEqual([]);
  });

  it('are powers of ten on a logarithmic axis that holds two', () => {
    expect(logarithmicTicks(0.05, 2000, 6)).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logarithmicTicks(2, 8, 3)).toEqual([2, 4, 6, 8]);
    expect(logarithmicTicks(20_000, 70_000, 6, 2)).toEqual([32_768, 65_536]);
  });
});

describe('parts of the memory', () => {
  it('add up to the peak, and never to more where parts were counted at different moments', () => {
    const bytes = { weights: 10, optimizer: 20, graph: 30, peak: 100 };
    expect(memoryParts(bytes).map(({ bytes: size }) => size)).toEqual([10, 20, 30, 40]);
    expect(memoryParts({ ...bytes, peak: 50 }).at(-1)).toEqual({ name: 'rest', bytes: 0 });
    const parts = { data: 4, gradients: 5, weightCopies: 6, activations: 19 };
    expect(memoryParts({ ...bytes, parts }).map(({ bytes: size }) => size)).toEqual([10, 20, 6, 5, 19, 4, 36]);
  });
});
