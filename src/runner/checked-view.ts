// Checks the typed views that programs show. Each kind has its own parser; sizes are bounded, text stays text.

import { isRecord } from '../core/is-record.ts';
import type { ShownView, TreeNode } from '../train/telemetry.ts';

const mostRows = 1000;
const mostColumns = 64;
const mostValues = 65_536;
const mostTreeNodes = 2000;
const mostTextLength = 20_000;
const mostTitleLength = 200;

type Fields = Readonly<Record<string, unknown>>;
type Kind = ShownView['kind'];

const parsers: { readonly [K in Kind]: (fields: Fields, title: string) => Extract<ShownView, { kind: K }> | null } = {
  table(fields, title) {
    const { columns, rows } = fields;
    if (!isTexts(columns) || !Array.isArray(rows)) return null;
    const kept = (rows as readonly unknown[]).slice(0, mostRows).filter((row): row is (string | number)[] => Array.isArray(row));
    return { kind: 'table', title, columns: columns.slice(0, mostColumns), rows: kept.map((row) => row.slice(0, mostColumns).map(toCell)) };
  },
  line(fields, title) {
    const x = toNumbers(fields['x']);
    if (x === null || !isRecord(fields['y'])) return null;
    const lines = Object.entries(fields['y']).slice(0, mostColumns);
    const y = lines.flatMap(([name, values]) => {
      const numbers = toNumbers(values);
      return numbers !== null && numbers.length === x.length ? [[name, numbers] as const] : [];
    });
    return { kind: 'line', title, x, y: Object.fromEntries(y) };
  },
  bars(fields, title) {
    const values = toNumbers(fields['values']);
    const { labels } = fields;
    return values !== null && isTexts(labels) && labels.length === values.length ? { kind: 'bars', title, labels, values } : null;
  },
  heatmap(fields, title) {
    const values = toNumbers(fields['values']);
    const { rows, columns } = fields;
    if (values === null || !isCount(rows) || !isCount(columns) || rows * columns !== values.length) return null;
    return { kind: 'heatmap', title, rows, columns, values };
  },
  image(fields, title) {
    const pixels = toNumbers(fields['pixels']);
    const { height, width } = fields;
    if (pixels === null || !isCount(height) || !isCount(width) || height * width !== pixels.length) return null;
    return { kind: 'image', title, height, width, pixels };
  },
  text: (fields, title) =>
    typeof fields['text'] === 'string' ? { kind: 'text', title, text: fields['text'].slice(0, mostTextLength) } : null,
  tree(fields, title) {
    const budget = { left: mostTreeNodes };
    const root = toNode(fields['root'], budget);
    return root === null ? null : { kind: 'tree', title, root };
  },
  metric(fields, title) {
    const { value, unit } = fields;
    return typeof value === 'number' && typeof unit === 'string' ? { kind: 'metric', title, value, unit: unit.slice(0, 32) } : null;
  },
};

/** A view, or null where it is none. */
export function parseShownView(value: unknown): ShownView | null {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !Object.hasOwn(parsers, value['kind'])) return null;
  const title = typeof value['title'] === 'string' ? value['title'].slice(0, mostTitleLength) : '';
  return parsers[value['kind'] as Kind](value, title);
}

function toCell(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value).slice(0, mostTitleLength);
}

function toNumbers(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) || value.length > mostValues || !value.every((item) => typeof item === 'number')) return null;
  return value;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function toNode(value: unknown, budget: { left: number }): TreeNode | null {
  if (!isRecord(value) || typeof value['label'] !== 'string' || budget.left <= 0) return null;
  budget.left--;
  const children = Array.isArray(value['children']) ? (value['children'] as readonly unknown[]) : [];
  return { label: value['label'].slice(0, mostTitleLength), children: children.flatMap((child) => toNode(child, budget) ?? []) };
}
