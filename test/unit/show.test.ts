// What programs show, from the call to what the page takes in: each kind arrives as it was meant, and each way to get it wrong is a sentence in
// the program's console instead of a view. Everything goes through the structured clone that lies between worker and page.

import { describe, expect, it } from 'vitest';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import type { Show } from '../../src/train/context.ts';
import { createShow } from '../../src/train/show.ts';
import type { ReplicaEvent, ShownView } from '../../src/train/telemetry.ts';
import { pathThrough, visiblePoints } from '../../src/ui/results/line-points.ts';

/** What the page makes of what a program shows: views and lines of the console. */
function shown(call: (show: Show) => void): readonly (ShownView | string)[] {
  const events: ReplicaEvent[] = [];
  const show = createShow(
    () => true,
    (view) => events.push({ type: 'show', view }),
    (text) => events.push({ type: 'console', line: { level: 'error', rank: 0, text } }),
  );
  call(show);
  const message = parseReplicaMessage(structuredClone({ type: 'events', events }));
  if (message?.type !== 'events') return [];
  return message.events.map((event) => (event.type === 'show' ? event.view : event.type === 'console' ? event.line.text : event.type));
}

/** What untyped code may pass. */
const anything = (value: unknown) => value as never;

describe('a view', () => {
  it('arrives as it was meant, of every kind', () => {
    expect(shown((show) => show.table([{ layer: 'a', weights: 2 }, { layer: 'b' }], 'T'))).toEqual([
      { kind: 'table', title: 'T', columns: ['layer', 'weights'], rows: [['a', 2], ['b', '']], leftOut: 0 }, // prettier-ignore
    ]);
    expect(shown((show) => show.line([0, 1], { a: [1, NaN] }))).toEqual([{ kind: 'line', title: '', x: [0, 1], y: { a: [1, NaN] } }]);
    expect(shown((show) => show.bars({ a: 1, b: -Infinity }))).toEqual([
      { kind: 'bars', title: '', labels: ['a', 'b'], values: [1, -Infinity] },
    ]);
    expect(shown((show) => show.heatmap([[1, 2, 3], anything(new Float32Array([4, 5, 6]))]))).toEqual([
      { kind: 'heatmap', title: '', rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6] },
    ]);
    expect(
      shown((show) =>
        show.confusion(
          [
            [9, 1],
            [2, 8],
          ],
          ['cat', 'dog'],
        ),
      ),
    ).toEqual([{ kind: 'confusion', title: '', labels: ['cat', 'dog'], counts: [9, 1, 2, 8] }]);
    expect(
      shown((show) =>
        show.confusion([
          [9, 1],
          [2, 8],
        ]),
      ),
    ).toMatchObject([{ labels: ['0', '1'] }]);
    expect(shown((show) => show.image([[0, 0.5, 1]]))).toEqual([
      { kind: 'image', title: '', height: 1, width: 3, channels: 1, pixels: [0, 0.5, 1] },
    ]);
    expect(shown((show) => show.image([[[1, 0, 0]], [[0, 1, 0]]]))).toMatchObject([
      { height: 2, width: 1, channels: 3, pixels: [1, 0, 0, 0, 1, 0] },
    ]);
    expect(shown((show) => show.images([[[0]], [[1]], [[0.5]]], ['a', 'b']))).toEqual([
      { kind: 'images', title: '', height: 1, width: 1, channels: 1, captions: ['a', 'b', ''], pixels: [0, 1, 0.5] },
    ]);
    const root = { label: 'r', children: [{ label: 'c', children: [] }] };
    expect(shown((show) => show.tree(root))).toEqual([{ kind: 'tree', title: '', root }]);
    expect(shown((show) => show.text('<b>', 'x'))).toEqual([{ kind: 'text', title: 'x', text: '<b>' }]);
    expect(shown((show) => show.metric(3, 'n', 'MB'))).toEqual([{ kind: 'metric', title: 'n', value: 3, unit: 'MB' }]);
  });

  it('is cut where a table is too long, with what is left out counted', () => {
    const rows = Array.from({ length: 10_007 }, (_, index) => ({ index }));
    const [table] = shown((show) => show.table(rows));
    expect(table).toMatchObject({ kind: 'table', leftOut: 7, rows: { length: 10_000 } });
  });

  it('holds nothing that could not leave the worker: functions, cycles and symbols become text', () => {
    const node: { label: string; children: unknown[] } = { label: 'again', children: [] };
    node.children.push(node);
    const [table, tree, text] = shown((show) => {
      show.table([{ f: anything(Math.max), s: anything(Symbol('s')) }]);
      show.tree(anything(node));
      show.text(anything({ a: 1 }));
    });
    expect(table).toMatchObject({ rows: [['function max', 'Symbol(s)']] });
    expect(tree).toMatchObject({ kind: 'tree', root: { label: 'again' } });
    expect(text).toMatchObject({ text: '{"a":1}' });
  });
});

describe('a view that is wrong', () => {
  it.each<[string, (show: Show) => void, string]>([
    ['rows of unequal length', (show) => show.heatmap([[1, 2], [3]]), 'show.heatmap: expected rows of one length, got 2 values in row 0 and 1 in row 1. This view is not shown.'], // prettier-ignore
    ['no rows at all', (show) => show.image([]), 'show.image: expected rows of one length, got 0 values in row 0 and 0 in row 0. This view is not shown.'], // prettier-ignore
    ['a matrix that is not square', (show) => show.confusion([[1, 2]]), 'show.confusion: expected as many columns as rows, one for each class, got 1 × 2. This view is not shown.'], // prettier-ignore
    ['fewer labels than classes', (show) => show.confusion([[1, 2], [3, 4]], ['a'], 'C'), 'show.confusion “C”: expected 1 × 1 = 1 values, got 4. This view is not shown.'], // prettier-ignore
    [
      'a negative count',
      (show) => show.confusion([[-1]]),
      'show.confusion: expected counts of at least 0, got -1. This view is not shown.',
    ],
    ['text among numbers', (show) => show.line([0], { a: [anything('1')] }), 'show.line: y.a: expected numbers, got 1. This view is not shown.'], // prettier-ignore
    ['a curve of another length', (show) => show.line([0, 1], { a: [1] }, 'L'), 'show.line “L”: expected 2 values in curve a, as many as x has, got 1. This view is not shown.'], // prettier-ignore
    ['no list', (show) => show.table(anything(7)), "show.table: expected a list of rows such as [{ layer: 'dense', weights: 10 }], got 7. This view is not shown."], // prettier-ignore
    ['images of two sizes', (show) => show.images([[[0]], [[0, 1]]]), 'show.images: image 1: expected 1 × 1 × 1 values as image 0, got 1 × 2 × 1. This view is not shown.'], // prettier-ignore
    ['grey among colours', (show) => show.image([[[1, 0, 0], 0.5]]), 'show.image: expected either grey values or [red, green, blue] for every pixel, got 4 values for 2 pixels. This view is not shown.'], // prettier-ignore
    ['too many bars', (show) => show.bars(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`b${index}`, 1]))), 'show.bars: expected at most 1000 numbers for its values, got 1001. This view is not shown.'], // prettier-ignore
    ['nothing', (show) => show.bars(anything(null)), 'show.bars: TypeError: Cannot convert undefined or null to object. This view is not shown.'], // prettier-ignore
  ])('is a sentence in the console: %s', (_what, call, sentence) => {
    expect(shown(call)).toEqual([sentence]);
  });

  it('is a sentence also where a program goes round `show` and posts it itself', () => {
    const parse = (view: unknown) => parseReplicaMessage({ type: 'events', events: [{ type: 'show', view }] });
    const line = (text: string) => ({ type: 'events', events: [{ type: 'console', line: { level: 'error', rank: 0, text } }] });
    expect(parse({ kind: 'constructor', title: '' })).toEqual(
      line('show: expected one of table, line, bars, heatmap, confusion, image, images, text, tree, metric, got constructor. This view is not shown.'), // prettier-ignore
    );
    expect(parse({ kind: 'heatmap', title: '', rows: 2, columns: 2, values: [1] })).toEqual(
      line('show.heatmap: expected 2 × 2 = 4 values, got 1. This view is not shown.'),
    );
    expect(parse({ kind: 'table', title: '', columns: ['a'], rows: [['x'], 'y'], leftOut: 0 })).toEqual(
      line('show.table: expected rows of 1 cells, one for each column, got a list of 2. This view is not shown.'),
    );
    expect(parse(null)).toMatchObject({ events: [{ type: 'console' }] });
  });
});

describe('a curve with more points than columns', () => {
  const x = Array.from({ length: 50_000 }, (_, index) => index);

  it('keeps every spike and stays short', () => {
    const y = x.map((at) => (at === 31_337 ? 100 : at === 40_000 ? -7 : Math.sin(at / 900)));
    const points = visiblePoints(x, y, 320);
    expect(points.length).toBeLessThanOrEqual(640);
    expect(points).toContainEqual([31_337, 100]);
    expect(points).toContainEqual([40_000, -7]);
    const places = points.map((point) => point?.[0] ?? NaN);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('breaks where values are missing, and a short one is drawn as it is', () => {
    const holes = x.map((at) => (at >= 10_000 && at < 20_000 ? NaN : 1));
    expect(visiblePoints(x, holes, 100).filter((point) => point === null).length).toBe(20);
    expect(visiblePoints([0, 1, 2], [5, Infinity, 6], 320)).toEqual([[0, 5], null, [2, 6]]);
    expect(pathThrough([[0, 5], [1, 6], null, [2, 7]])).toBe('M0 5L1 6M2 7');
  });
});
