// Views made of marks: line, bars, metric. Plain SVG: they are small, and drawn once rather than ten times a second.

import { t } from '../../state/locale.ts';
import type { ShownView } from '../../train/telemetry.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { formatCount, formatLoss } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { AsTable } from './as-table.tsx';
import { pathThrough, visiblePoints } from './line-points.ts';

type ViewOf<Kind extends ShownView['kind']> = Extract<ShownView, { readonly kind: Kind }>;

const width = 320;
const height = 140;
const inset = 8;

/** Curves over x, each with its name. */
export function LineView({ view }: { readonly view: ViewOf<'line'> }): preact.JSX.Element {
  const { page } = usePage();
  const names = Object.keys(view.y);
  const [minX, maxX] = extent(view.x);
  const [minY, maxY] = extent(names.flatMap((name) => [...(view.y[name] ?? [])]));
  const path = (values: readonly number[]): string =>
    pathThrough(
      visiblePoints(view.x, values, width).map((point) =>
        point === null ? null : [scale(point[0], minX, maxX, inset, width - inset), scale(point[1], minY, maxY, height - inset, inset)],
      ),
    );
  const range = { minX: formatLoss(minX), maxX: formatLoss(maxX), minY: formatLoss(minY), maxY: formatLoss(maxY) };
  const words = t('view.line', { title: view.title, names: names.join(', '), count: formatCount(view.x.length), ...range });
  return (
    <>
      <svg viewBox={`0 0 ${width} ${height}`} class="view-plot" role="img" aria-label={words}>
        {names.map((name, at) => {
          const { colour, dash } = laneStyle(at, page.theme.theme.value);
          return (
            <path
              key={name}
              d={path(view.y[name] ?? [])}
              fill="none"
              stroke={colour}
              stroke-width="1.75"
              stroke-dasharray={dash.join(' ')}
            />
          );
        })}
      </svg>
      <p class="view-range">
        <span>
          {formatLoss(minX)} … {formatLoss(maxX)}
        </span>
        <span>
          {formatLoss(minY)} … {formatLoss(maxY)}
        </span>
      </p>
      <p class="view-names">
        {names.map((name, at) => (
          <span key={name}>
            <i style={{ background: laneStyle(at, page.theme.theme.value).colour }} />
            {name}
          </span>
        ))}
      </p>
      <AsTable
        columns={['x', ...names]}
        rowCount={view.x.length}
        rowAt={(index) => [view.x[index] ?? NaN, ...names.map((name) => view.y[name]?.[index] ?? NaN)]}
      />
    </>
  );
}

/** One bar per label, from zero. */
export function BarsView({ view }: { readonly view: ViewOf<'bars'> }): preact.JSX.Element {
  const largest = Math.max(...view.values.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)), Number.MIN_VALUE);
  return (
    <table class="bars">
      <tbody>
        {view.labels.map((label, at) => {
          const value = view.values[at] ?? NaN;
          const share = Number.isFinite(value) ? Math.abs(value) / largest : 0;
          return (
            <tr key={at}>
              <th scope="row">{label}</th>
              <td class="bars-cell">
                <span class={value < 0 ? 'is-negative' : ''} style={{ width: `${share * 100}%` }} />
              </td>
              <td class="is-number">{Number.isInteger(value) ? formatCount(value) : formatLoss(value)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** One number, large. */
export function MetricView({ view }: { readonly view: ViewOf<'metric'> }): preact.JSX.Element {
  return (
    <p class="metric">
      <b>{Number.isInteger(view.value) ? formatCount(view.value) : formatLoss(view.value)}</b> {view.unit}
    </p>
  );
}

/** The smallest and the largest finite value; `[0, 1]` for none, and never an empty interval. */
function extent(values: readonly number[]): readonly [number, number] {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return [0, 1];
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

function scale(value: number, min: number, max: number, from: number, to: number): number {
  return Number((from + ((value - min) / (max - min)) * (to - from)).toFixed(2));
}
