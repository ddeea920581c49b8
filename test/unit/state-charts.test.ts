// What goes into a chart: several lanes over one axis, and styles that tell lanes apart.

import { describe, expect, it } from 'vitest';
import { SeriesTable } from '../../src/state/series.ts';
import { AlignedTable } from '../../src/ui/chart/aligned-table.ts';
import { laneStyle } from '../../src/ui/chart/lane-style.ts';

function tableOf(steps: readonly number[], loss: readonly number[]): SeriesTable {
  const table = new SeriesTable();
  table.appendColumns(steps, { loss });
  return table;
}

describe('an aligned table', () => {
  it('puts lanes that take turns on one ascending axis, with null where a lane has no value', () => {
    const a = tableOf([1, 2], [10, 20]);
    const b = tableOf([2, 4], [200, 400]);
    const aligned = new AlignedTable(2);
    const sources = [
      { table: a, metric: 'loss' },
      { table: b, metric: 'loss' },
    ];
    aligned.update(sources);
    a.appendColumns([3], { loss: [30] });
    aligned.update(sources);
    expect(aligned.columns()).toEqual([
      [1, 2, 3, 4],
      [10, 20, 30, null],
      [null, 200, null, 400],
    ]);
  });

  it('takes each value once, however often it is asked', () => {
    const a = tableOf([1], [10]);
    const aligned = new AlignedTable(1);
    for (let time = 0; time < 3; time += 1) aligned.update([{ table: a, metric: 'loss' }]);
    expect(aligned.columns()).toEqual([[1], [10]]);
  });

  it('agrees with sorting everything at the end, for turns of random length', () => {
    const tables = [new SeriesTable(), new SeriesTable(), new SeriesTable()];
    const aligned = new AlignedTable(3);
    const sources = tables.map((table) => ({ table, metric: 'loss' }));
    const next = [0, 0, 0];
    let state = 7;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let turn = 0; turn < 200; turn += 1) {
      const lane = turn % 3;
      for (let count = Math.ceil(random() * 10); count > 0; count -= 1) {
        next[lane] = (next[lane] ?? 0) + 1 + Math.floor(random() * 2);
        tables[lane]?.appendRow(next[lane] ?? 0, { loss: (next[lane] ?? 0) * 10 + lane });
      }
      aligned.update(sources);
    }
    const steps = [...new Set(tables.flatMap((table) => [...table.step.view()]))].sort((a, b) => a - b);
    const expected = tables.map((table, lane) => steps.map((step) => (table.step.view().includes(step) ? step * 10 + lane : null)));
    expect(aligned.columns()).toEqual([steps, ...expected]);
  });

  it('leaves out what is not finite, and for a logarithmic axis what is not positive', () => {
    const a = tableOf([1, 2, 3], [NaN, 0, 5]);
    const logarithmic = new AlignedTable(1, true);
    logarithmic.update([{ table: a, metric: 'loss' }]);
    expect(logarithmic.columns()[1]).toEqual([null, null, 5]);
    const linear = new AlignedTable(1);
    linear.update([{ table: a, metric: 'loss' }]);
    expect(linear.columns()[1]).toEqual([null, 0, 5]);
  });
});

describe('lane styles', () => {
  it('give 35 lanes 35 different pairs of colour and dash, in both themes', () => {
    for (const theme of ['light', 'dark'] as const) {
      const pairs = Array.from({ length: 35 }, (_, lane) => JSON.stringify(laneStyle(lane, theme)));
      expect(new Set(pairs).size).toBe(35);
    }
  });

  it('give the first four lanes four colours and four dashes', () => {
    const styles = [0, 1, 2, 3].map((lane) => laneStyle(lane, 'light'));
    expect(new Set(styles.map(({ colour }) => colour)).size).toBe(4);
    expect(new Set(styles.map(({ dash }) => dash.join())).size).toBe(4);
  });
});
