// The views a program showed, each in its lane's colour. Every kind is drawn by a component of its own from typed data; nothing of it
// is ever taken as HTML.

import type { ShownView } from '../../train/telemetry.ts';
import { t } from '../../state/locale.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { BarsView, LineView, MetricView } from './view-charts.tsx';
import { ConfusionView } from './view-confusion.tsx';
import { HeatmapWithTable, ImagesView, ImageView } from './view-pixels.tsx';
import { TableView, TextView, TreeView } from './view-texts.tsx';

/** All views of the run. */
export default function ShownViews(): preact.JSX.Element {
  const { page } = usePage();
  void page.views.revision.value;
  const lanes = page.run.lanes.value;
  return (
    <div class="views">
      {page.views.droppedCount() > 0 ? (
        <p class="console-lost">{t('view.dropped', { count: formatCount(page.views.droppedCount()) })}</p>
      ) : null}
      {page.views.list().map(({ lane, view }) => (
        <figure
          key={`${lane} ${view.kind} ${view.title}`}
          class={`view is-${view.kind}`}
          style={{ '--lane': laneStyle(lanes[lane]?.styleIndex ?? lane, page.theme.theme.value).colour }}
        >
          <figcaption>
            <span class="view-lane">{lanes[lane]?.lane.label ?? ''}</span> {view.title}
          </figcaption>
          <View view={view} />
        </figure>
      ))}
    </div>
  );
}

function View({ view }: { readonly view: ShownView }): preact.JSX.Element {
  switch (view.kind) {
    case 'table':
      return <TableView view={view} />;
    case 'text':
      return <TextView view={view} />;
    case 'tree':
      return <TreeView view={view} />;
    case 'line':
      return <LineView view={view} />;
    case 'bars':
      return <BarsView view={view} />;
    case 'metric':
      return <MetricView view={view} />;
    case 'heatmap':
      return <HeatmapWithTable view={view} />;
    case 'confusion':
      return <ConfusionView view={view} />;
    case 'images':
      return <ImagesView view={view} />;
    case 'image':
      return <ImageView view={view} />;
  }
}
