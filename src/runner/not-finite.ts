// What JSON cannot say of a lane's rows: which values were logged and are no finite number. In the rows both these and what was not logged in a step
// are null; the spans tell them apart. A run that has diverged logs NaN from some step on, so consecutive rows are one span.

import type { EvalPoint, StepBatch } from '../train/telemetry.ts';

/** A number that JSON does not have, as JavaScript writes it. */
export type NotFinite = 'NaN' | 'Infinity' | '-Infinity';

/** All rows of a table from one step to another in which a metric was logged as this. */
export interface NotFiniteSpan {
  readonly table: 'series' | 'evals';
  readonly metric: string;
  readonly value: NotFinite;
  readonly fromStep: number;
  /** Included. */
  readonly toStep: number;
}

/** The spans of a lane, by table and metric, each in the order of its steps. */
export function notFiniteSpans(batches: readonly StepBatch[], evals: readonly EvalPoint[]): readonly NotFiniteSpan[] {
  const series = new SpanBuilder('series');
  for (const { step, loss, metrics } of batches) {
    const columns = Object.entries({ ...metrics, loss });
    for (const [row, at] of step.entries()) series.add(at, (note) => columns.forEach(([name, values]) => note(name, values[row])));
  }
  const ofEvals = new SpanBuilder('evals');
  for (const { step, values } of evals) ofEvals.add(step, (note) => Object.entries(values).forEach(([name, value]) => note(name, value)));
  return [...series.spans(), ...ofEvals.spans()];
}

/** Looks values up in the spans of a table: as what a metric was logged in a step, or null. Steps of a metric have to be asked for in ascending order. */
export function notFiniteReader(
  spans: readonly NotFiniteSpan[],
  table: NotFiniteSpan['table'],
): (metric: string, step: number) => NotFinite | null {
  const byMetric = new Map<string, { readonly spans: NotFiniteSpan[]; at: number }>();
  for (const span of spans) {
    if (span.table !== table) continue;
    const known = byMetric.get(span.metric);
    if (known === undefined) byMetric.set(span.metric, { spans: [span], at: 0 });
    else known.spans.push(span);
  }
  return (metric, step) => {
    const known = byMetric.get(metric);
    if (known === undefined) return null;
    while ((known.spans[known.at]?.toStep ?? Infinity) < step) known.at += 1;
    const span = known.spans[known.at];
    return span !== undefined && span.fromStep <= step ? span.value : null;
  };
}

/** How a value that was logged is written where it is no finite number; null where it is one, or was not logged. */
function notFiniteText(value: number | null | undefined): NotFinite | null {
  if (value === null || value === undefined || Number.isFinite(value)) return null;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** Puts rows of one table together to spans. */
class SpanBuilder {
  readonly #table: NotFiniteSpan['table'];
  readonly #spans = new Map<string, NotFiniteSpan[]>();
  /** Step of the row before. */
  #before = NaN;

  constructor(table: NotFiniteSpan['table']) {
    this.#table = table;
  }

  /** Adds the row of a step; `each` is handed what notes one of its values. */
  add(step: number, each: (note: (metric: string, value: number | null | undefined) => void) => void): void {
    each((metric, value) => {
      const text = notFiniteText(value);
      if (text !== null) this.#note(step, metric, text);
    });
    this.#before = step;
  }

  spans(): readonly NotFiniteSpan[] {
    return [...this.#spans.values()].flat();
  }

  #note(step: number, metric: string, value: NotFinite): void {
    const known = this.#spans.get(metric) ?? [];
    const last = known.at(-1);
    if (last?.toStep === this.#before && last.value === value) known[known.length - 1] = { ...last, toStep: step };
    else known.push({ table: this.#table, metric, value, fromStep: step, toStep: step });
    this.#spans.set(metric, known);
  }
}
