// The curves of a panel as CSV (RFC 4180): a row per curve and step, numbers with every digit they have. Texts come from programs, and a
// spreadsheet takes a cell that begins with = + - or @ for a formula; such a text is given an apostrophe in front, which spreadsheets do not
// show (OWASP, "CSV Injection").

import type { AxisName } from '../../state/axis-name.ts';
import type { Curve } from '../../state/chart-curves.ts';
import { curveColumns } from './curve-columns.ts';
import type { CurveColumn } from './curve-columns.ts';

/** The headings of the file. */
export interface CsvWords {
  readonly lane: string;
  readonly step: string;
  readonly axis: string;
  readonly value: string;
}

const kinds: readonly CurveColumn['kind'][] = ['x', 'raw', 'smoothed', 'low', 'high'];

/** The file's text. Rows in which a curve logged nothing are left out; what is no finite number is written as NaN, Infinity or -Infinity. */
export function chartCsv(curves: readonly Curve[], axis: AxisName, words: CsvWords): string {
  const columnsOf = curves.map((curve) => curveColumns(curve, axis));
  const used = kinds.filter((kind) => columnsOf.some((columns) => columns.some((column) => column.kind === kind)));
  const names = { x: words.axis, raw: words.value, smoothed: 'smoothed', low: 'min', high: 'max' };
  const lines = [[words.lane, words.step, ...used.map((kind) => names[kind])].map(textCell)];
  curves.forEach((curve, index) => {
    const columns = used.map((kind) => columnsOf[index]?.find((column) => column.kind === kind)?.column ?? null);
    const lane = textCell(curve.label);
    let gap = 0;
    const gaps = curve.nonFiniteRows();
    for (let row = 0; row < curve.raw.length; row += 1) {
      const isGap = gaps?.at(gap) === row;
      if (isGap) gap += 1;
      if (!isGap && !Number.isFinite(curve.raw.at(row))) continue;
      lines.push([lane, String(curve.step.at(row)), ...columns.map((column) => (column === null ? '' : String(column.at(row))))]);
    }
  });
  return `${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

/** A text as a cell: harmless in a spreadsheet, quoted where it has to be. */
export function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
