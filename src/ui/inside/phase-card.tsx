// One tensor of one phase: its histogram over its heat-map, and its numbers in words.

import { t } from '../../state/locale.ts';
import type { PhaseView } from '../../train/telemetry.ts';
import { formatCount, formatLoss } from '../number-format.ts';
import { HeatmapView } from '../results/view-pixels.tsx';

const height = 36;

/** A tensor; `title` says whose it is where there are several. */
export function PhaseCard({ view, title }: { readonly view: PhaseView; readonly title: string | null }): preact.JSX.Element {
  const { heatmap, shape } = view;
  const name = t('inside.values', { shape: shape.join(' × ') });
  return (
    <figure class="phase-card">
      <figcaption>
        {title === null ? null : <b>{title}</b>} <span class="phase-shape">[{shape.join(', ')}]</span>
      </figcaption>
      <Histogram view={view} />
      <HeatmapView view={{ kind: 'heatmap', title: name, rows: heatmap.rows, columns: heatmap.columns, values: heatmap.values }} />
      <p class="phase-numbers">
        {t('inside.moments', { mean: formatLoss(view.mean), deviation: formatLoss(view.deviation) })}
        {view.zeroCount === 0 ? null : <> · {t('inside.zeros', { share: formatPercent(view.zeroCount / Math.max(1, view.valueCount)) })}</>}
        {view.nonFiniteCount === 0 ? null : <b class="is-bad"> · {t('inside.nonFinite', { count: formatCount(view.nonFiniteCount) })}</b>}
      </p>
    </figure>
  );
}

function Histogram({ view }: { readonly view: PhaseView }): preact.JSX.Element {
  const { counts, from, to } = view.histogram;
  const most = Math.max(1, ...counts);
  const label = t('inside.histogram', { from: formatLoss(from), to: formatLoss(to) });
  return (
    <svg class="phase-histogram" viewBox={`0 0 ${counts.length} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      {counts.map((count, bin) => {
        const tall = count === 0 ? 0 : Math.max(1, (count / most) * height);
        return <rect key={bin} x={bin + 0.06} y={height - tall} width="0.88" height={tall} />;
      })}
    </svg>
  );
}

function formatPercent(share: number): string {
  if (share < 0.0005) return '< 0.1 %'; // one of many is not none
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
