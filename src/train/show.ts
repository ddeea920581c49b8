// `ctx.show`: turns what a program hands over into typed views of plain data. What cannot be one is said in the program's console and ends
// nothing: a picture that is wrong is no reason to lose a run. Sizes and everything else are checked where the views arrive
// (runner/checked-view.ts), which trusts nothing of this.

import { PlaygroundError } from '../core/errors.ts';
import type { Pixels, Show } from './context.ts';
import { renderAtOnce } from './render-value.ts';
import type { ShownView, TreeNode } from './telemetry.ts';

/** Rows of a table that are kept; the rest is counted. */
const mostTableRows = 10_000;
const mostTreeNodes = 2000;
const deepestTree = 64;

/** A `show` whose views go to `emit`; `complain` hears what is wrong with one. Where `isHeard` says no, nothing is made of anything. */
export function createShow(isHeard: () => boolean, emit: (view: ShownView) => void, complain: (text: string) => void): Show {
  const show = (kind: ShownView['kind'], make: () => ShownView): void => {
    if (!isHeard()) return;
    let view: ShownView;
    try {
      view = make();
    } catch (error) {
      complain(error instanceof PlaygroundError ? error.message : `show.${kind}: ${String(error)}. This view is not shown.`);
      return;
    }
    emit(view);
  };
  return {
    table: (rows, title) => show('table', () => tableView(rows, toText(title))),
    line: (x, y, title) =>
      show('line', () => ({
        kind: 'line',
        title: toText(title),
        x: toNumbers(x, 'show.line: x'),
        y: Object.fromEntries(Object.entries(y).map(([name, values]) => [name, toNumbers(values, `show.line: y.${name}`)])),
      })),
    bars: (values, title) =>
      show('bars', () => ({
        kind: 'bars',
        title: toText(title),
        labels: Object.keys(values),
        values: toNumbers(Object.values(values), 'show.bars'),
      })),
    heatmap: (values, title) =>
      show('heatmap', () => {
        const { rows, columns, flat } = readGrid(values, 'show.heatmap');
        return { kind: 'heatmap', title: toText(title), rows, columns, values: toNumbers(flat, 'show.heatmap') };
      }),
    confusion: (counts, labels, title) =>
      show('confusion', () => {
        const { rows, columns, flat } = readGrid(counts, 'show.confusion');
        if (rows !== columns) throw refusal('show.confusion', 'as many columns as rows, one for each class', `${rows} × ${columns}`);
        const names = labels ?? Array.from({ length: rows }, (_, index) => String(index));
        return { kind: 'confusion', title: toText(title), labels: names.map(toText), counts: toNumbers(flat, 'show.confusion') };
      }),
    image: (pixels, title) => show('image', () => ({ kind: 'image', title: toText(title), ...readPixels(pixels, 'show.image') })),
    images: (images, captions, title) => show('images', () => imagesView(images, captions ?? [], toText(title))),
    tree: (root, title) => show('tree', () => ({ kind: 'tree', title: toText(title), root: toNode(root, { left: mostTreeNodes }) })),
    text: (text, title) => show('text', () => ({ kind: 'text', title: toText(title), text: toText(text) })),
    metric: (value, title, unit) =>
      show('metric', () => ({
        kind: 'metric',
        title: toText(title),
        value: toNumbers([value], 'show.metric')[0] ?? NaN,
        unit: toText(unit),
      })),
  };
}

function tableView(rows: readonly Readonly<Record<string, string | number>>[], title: string): ShownView {
  if (!Array.isArray(rows)) throw refusal('show.table', "a list of rows such as [{ layer: 'dense', weights: 10 }]", rows);
  const kept = rows.slice(0, mostTableRows);
  const columns = [...new Set(kept.flatMap((row) => Object.keys(row)))];
  return {
    kind: 'table',
    title,
    columns,
    rows: kept.map((row) => columns.map((column) => toCell(row[column]))),
    leftOut: rows.length - kept.length,
  };
}

function imagesView(images: readonly Pixels[], captions: readonly string[], title: string): ShownView {
  const read = images.map((pixels, index) => readPixels(pixels, `show.images: image ${index}`));
  const [first] = read;
  if (first === undefined) throw refusal('show.images', 'at least one image', images);
  const { height, width, channels } = first;
  const odd = read.findIndex((image) => image.height !== height || image.width !== width || image.channels !== channels);
  const other = read[odd];
  if (other !== undefined)
    throw refusal(
      `show.images: image ${odd}`,
      `${height} × ${width} × ${channels} values as image 0`,
      `${other.height} × ${other.width} × ${other.channels}`,
    );
  return {
    kind: 'images',
    title,
    height,
    width,
    channels,
    captions: read.map((_, index) => toText(captions[index])),
    pixels: read.flatMap(({ pixels }) => pixels),
  };
}

function readPixels(image: Pixels, where: string) {
  const { rows, columns, flat } = readGrid(image, where);
  const channels = Array.isArray(flat[0]) ? 3 : 1;
  const pixels = toNumbers(flat.flat(), where);
  if (pixels.length !== flat.length * channels)
    throw refusal(where, 'either grey values or [red, green, blue] for every pixel', `${pixels.length} values for ${flat.length} pixels`);
  return { height: rows, width: columns, channels, pixels } as const;
}

/** What a list of rows of one length holds, row by row. */
function readGrid(grid: unknown, where: string) {
  const rows = toList(grid, where, 'a list of rows').map((row, index) => toList(row, `${where}: row ${index}`, 'a list of values'));
  const columns = rows[0]?.length ?? 0;
  const odd = columns === 0 ? 0 : rows.findIndex((row) => row.length !== columns);
  if (odd !== -1) throw refusal(where, 'rows of one length', `${columns} values in row 0 and ${rows[odd]?.length ?? 0} in row ${odd}`);
  return { rows: rows.length, columns, flat: rows.flatMap((row) => [...row]) }; // one level: pixels of three values stay pixels
}

/** A list, or what a typed array holds. */
function toList(values: unknown, where: string, expectation: string): readonly unknown[] {
  if (Array.isArray(values)) return values;
  if (!ArrayBuffer.isView(values) || values instanceof DataView) throw refusal(where, expectation, values);
  return Array.from(values as unknown as ArrayLike<unknown>); // every view but a DataView is one
}

/** Numbers of a list or a typed array. Throws where one is none. */
function toNumbers(values: unknown, where: string): readonly number[] {
  const list = toList(values, where, 'numbers');
  const odd = list.findIndex((value) => typeof value !== 'number');
  if (odd !== -1) throw refusal(where, 'numbers', list[odd]);
  return list as readonly number[]; // every one, by the line above
}

/** Plain nodes, as many and as deep as there may be: a graph that leads back to itself ends, too. */
function toNode(node: TreeNode, budget: { left: number }, depth = deepestTree): TreeNode {
  budget.left -= 1;
  const children = depth > 0 && Array.isArray(node.children) ? node.children : [];
  return { label: toText(node.label), children: children.flatMap((child) => (budget.left > 0 ? [toNode(child, budget, depth - 1)] : [])) };
}

function toCell(value: unknown): string | number {
  return typeof value === 'number' ? value : toText(value);
}

function toText(value: unknown): string {
  return value === undefined ? '' : renderAtOnce([value]);
}

function refusal(where: string, expectation: string, got: unknown): PlaygroundError {
  return new PlaygroundError('program-invalid', `${where}: expected ${expectation}, got ${describe(got)}. This view is not shown.`);
}

function describe(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value.slice(0, 80);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined || value === '') return 'nothing';
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : renderAtOnce([value]).slice(0, 80);
}
