// What a program shows (`show.table` and its siblings), as text. A picture is not drawn: its size and range are said, and the
// page shows it.

import type { ShownView, TreeNode } from '../train/telemetry.ts';
import { displayWidth, formatTable } from './text-table.ts';
import { shortNumber } from './number-text.ts';

const barWidth = 40;
const largestPrintedSeries = 12;

/** Lines for one view, the title first. */
export function formatView(view: ShownView): readonly string[] {
  const body = bodyOf(view);
  return view.title === '' ? body : [view.title, ...body];
}

function bodyOf(view: ShownView): readonly string[] {
  switch (view.kind) {
    case 'table':
      return [...formatTable(view.columns, view.rows), ...(view.leftOut > 0 ? [`(${view.leftOut} more rows)`] : [])];
    case 'text':
      return view.text.split('\n');
    case 'metric':
      return [`${shortNumber(view.value)} ${view.unit}`.trimEnd()];
    case 'bars':
      return bars(view.labels, view.values);
    case 'tree':
      return tree(view.root, '', '');
    case 'line': {
      const names = Object.keys(view.y);
      const kept = spread(view.x.length, largestPrintedSeries);
      const rows = kept.map((index) => [view.x[index] ?? null, ...names.map((name) => view.y[name]?.[index] ?? null)]);
      const left = kept.length < view.x.length ? [`(${kept.length} of ${view.x.length} points)`] : [];
      return [...formatTable(['x', ...names], rows), ...left];
    }
    case 'heatmap':
      return [`${view.rows} × ${view.columns} values, ${rangeOf(view.values)}`];
    case 'confusion': {
      const { labels, counts } = view;
      return formatTable(
        ['', ...labels],
        labels.map((label, row) => [label, ...counts.slice(row * labels.length, (row + 1) * labels.length)]),
      );
    }
    case 'images':
      return [`${view.captions.length} images of ${view.height} × ${view.width} pixels, ${rangeOf(view.pixels)}`];
    case 'image':
      return [`${view.height} × ${view.width} pixels, ${rangeOf(view.pixels)}`];
  }
}

function bars(labels: readonly string[], values: readonly number[]): readonly string[] {
  const largest = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const labelWidth = Math.max(0, ...labels.map(displayWidth));
  return values.map((value, index) => {
    const label = labels[index] ?? '';
    const length = Number.isFinite(value) ? Math.round((Math.abs(value) / largest) * barWidth) : 0;
    return `${label}${' '.repeat(labelWidth - displayWidth(label))}  ${'█'.repeat(length)} ${shortNumber(value)}`;
  });
}

function tree(node: TreeNode, lead: string, childLead: string): readonly string[] {
  const children = node.children.flatMap((child, index) => {
    const isLast = index === node.children.length - 1;
    return tree(child, `${childLead}${isLast ? '└ ' : '├ '}`, `${childLead}${isLast ? '  ' : '│ '}`);
  });
  return [`${lead}${node.label}`, ...children];
}

/** At most `count` indices spread over `length`, both ends among them. */
function spread(length: number, count: number): readonly number[] {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - 1)) / (count - 1)));
}

function rangeOf(values: readonly number[]): string {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return 'none finite';
  const smallest = finite.reduce((least, value) => Math.min(least, value));
  const largest = finite.reduce((most, value) => Math.max(most, value));
  return `from ${shortNumber(smallest)} to ${shortNumber(largest)}`;
}
