// Checks the typed views that programs show. Each kind has its own parser; sizes are bounded, text stays text. What is refused is said in a
// sentence, for the program's console.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { ShownView, TreeNode } from '../train/telemetry.ts';

const mostRows = 10_000;
const mostColumns = 64;
const mostCells = 200_000;
const mostValues = 65_536;
const mostLineValues = 200_000;
const mostBars = 1000;
const mostClasses = 256;
const mostImages = 256;
const mostPixels = 262_144;
const mostTreeNodes = 2000;
const deepestTree = 64;
const mostTextLength = 20_000;
const mostTitleLength = 200;

type Fields = Readonly<Record<string, unknown>>;
type Kind = ShownView['kind'];

const parsers: { readonly [K in Kind]: (fields: Fields, title: string) => Extract<ShownView, { kind: K }> } = {
  table(fields, title) {
    const columns = texts(fields['columns'], 'its columns', mostColumns);
    const { rows, leftOut } = fields;
    if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row) && row.length === columns.length))
      refuse(`rows of ${columns.length} cells, one for each column`, describe(rows));
    const list = rows as readonly (readonly unknown[])[]; // by the line above
    expectAtMost(list.length, mostRows, 'rows');
    expectAtMost(list.length * columns.length, mostCells, 'cells');
    return { kind: 'table', title, columns, rows: list.map((row) => row.map(toCell)), leftOut: isCount(leftOut) ? leftOut : 0 };
  },
  line(fields, title) {
    const x = numbers(fields['x'], 'x', mostValues);
    const { y: named } = fields;
    if (!isRecord(named)) return refuse('curves by name', describe(named));
    const curves = Object.entries(named);
    expectAtMost(curves.length, mostColumns, 'curves');
    expectAtMost((curves.length + 1) * x.length, mostLineValues, 'values in all curves');
    const y = curves.map(([name, values]) => {
      const curve = numbers(values, `curve ${name}`, mostValues);
      if (curve.length !== x.length) refuse(`${x.length} values in curve ${name}, as many as x has`, String(curve.length));
      return [name.slice(0, mostTitleLength), curve] as const;
    });
    return { kind: 'line', title, x, y: Object.fromEntries(y) };
  },
  bars(fields, title) {
    const values = numbers(fields['values'], 'its values', mostBars);
    const labels = texts(fields['labels'], 'its labels', mostBars);
    if (labels.length !== values.length) refuse(`a label for each of ${values.length} values`, String(labels.length));
    return { kind: 'bars', title, labels, values };
  },
  heatmap(fields, title) {
    const { rows, columns } = fields;
    const values = numbers(fields['values'], 'its values', mostValues);
    expectGrid([rows, columns], values.length);
    return { kind: 'heatmap', title, rows, columns, values } as Extract<ShownView, { kind: 'heatmap' }>; // counts, by the line above
  },
  confusion(fields, title) {
    const labels = texts(fields['labels'], 'its labels', mostClasses);
    const counts = numbers(fields['counts'], 'its counts', mostClasses ** 2);
    expectGrid([labels.length, labels.length], counts.length);
    const odd = counts.find((count) => !(count >= 0 && Number.isFinite(count)));
    if (odd !== undefined) refuse('counts of at least 0', String(odd));
    return { kind: 'confusion', title, labels, counts };
  },
  image(fields, title) {
    const { height, width, channels } = fields;
    const pixels = numbers(fields['pixels'], 'its pixels', mostPixels);
    expectGrid([height, width, channels], pixels.length);
    expectChannels(channels);
    return { kind: 'image', title, height, width, channels, pixels } as Extract<ShownView, { kind: 'image' }>; // by the lines above
  },
  images(fields, title) {
    const { height, width, channels } = fields;
    const captions = texts(fields['captions'], 'its captions', mostImages);
    const pixels = numbers(fields['pixels'], 'its pixels', mostPixels);
    expectGrid([captions.length, height, width, channels], pixels.length);
    expectChannels(channels);
    return { kind: 'images', title, height, width, channels, captions, pixels } as Extract<ShownView, { kind: 'images' }>; // by the lines above
  },
  text(fields, title) {
    const { text } = fields;
    if (typeof text !== 'string') return refuse('a text', describe(text));
    return { kind: 'text', title, text: text.slice(0, mostTextLength) };
  },
  tree(fields, title) {
    const root = toNode(fields['root'], { left: mostTreeNodes });
    return root === null ? refuse('a node { label, children }', describe(fields['root'])) : { kind: 'tree', title, root };
  },
  metric(fields, title) {
    const { value, unit } = fields;
    if (typeof value !== 'number') return refuse('a number', describe(value));
    return { kind: 'metric', title, value, unit: typeof unit === 'string' ? unit.slice(0, 32) : '' };
  },
};

/** A view, or what is wrong with it. Never throws. */
export function parseShownView(value: unknown): ShownView | PlaygroundError {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (!isRecord(value) || typeof kind !== 'string' || !Object.hasOwn(parsers, kind))
    return invalid('show', `one of ${Object.keys(parsers).join(', ')}`, describe(kind));
  const title = typeof value['title'] === 'string' ? value['title'].slice(0, mostTitleLength) : '';
  try {
    return parsers[kind as Kind](value, title); // its own key, by the lines above
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return invalid(`show.${kind}${title === '' ? '' : ` “${title}”`}`, thrown.expectation, thrown.got);
  }
}

/** Why a parser gives up; never leaves this file. */
class Refusal extends Error {
  readonly expectation: string;
  readonly got: string;

  constructor(expectation: string, got: string) {
    super(expectation);
    this.expectation = expectation;
    this.got = got;
  }
}

function refuse(expectation: string, got: string): never {
  throw new Refusal(expectation, got);
}

function invalid(where: string, expectation: string, got: string): PlaygroundError {
  return new PlaygroundError('program-invalid', `${where}: expected ${expectation}, got ${got}. This view is not shown.`);
}

function numbers(value: unknown, what: string, most: number): readonly number[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) return refuse(`numbers for ${what}`, describe(value));
  expectAtMost(value.length, most, `numbers for ${what}`);
  return value;
}

function texts(value: unknown, what: string, most: number): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return refuse(`texts for ${what}`, describe(value));
  expectAtMost(value.length, most, `texts for ${what}`);
  return value.map((text: string) => text.slice(0, mostTitleLength));
}

function expectAtMost(count: number, most: number, what: string): void {
  if (count > most) refuse(`at most ${most} ${what}`, String(count));
}

/** The product of `sizes` is `count`. */
function expectGrid(sizes: readonly unknown[], count: number): void {
  if (!sizes.every(isCount) || sizes.includes(0)) return refuse('sizes of at least 1', sizes.map(describe).join(' × '));
  const product = sizes.reduce((all, size) => all * size, 1);
  if (product !== count) refuse(`${sizes.map(describe).join(' × ')} = ${product} values`, String(count));
}

function expectChannels(channels: unknown): void {
  if (channels !== 1 && channels !== 3) refuse('1 or 3 values for each pixel', describe(channels));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function toCell(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value).slice(0, mostTitleLength);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, mostTitleLength);
}

function toNode(value: unknown, budget: { left: number }, depth = deepestTree): TreeNode | null {
  if (!isRecord(value) || typeof value['label'] !== 'string' || budget.left <= 0 || depth < 0) return null;
  budget.left--;
  const children = Array.isArray(value['children']) ? (value['children'] as readonly unknown[]) : [];
  return { label: value['label'].slice(0, mostTitleLength), children: children.flatMap((child) => toNode(child, budget, depth - 1) ?? []) };
}
