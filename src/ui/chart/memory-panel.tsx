// GPU memory per lane as bars: what is known of it is known at a lane's end (see engine/gpu-bytes.ts), so there is no curve to draw. A bar is as
// long as the peak; its parts are what the weights, the optimizer and the most of one step held, the step's part by what it was taken for.

import type { ChartPanelSpec } from '../../state/chart-panels.ts';
import type { LaneState } from '../../state/lanes.ts';
import { t } from '../../state/locale.ts';
import type { GpuBytes } from '../../train/telemetry.ts';
import { OriginMark } from '../cluster/origin-mark.tsx';
import { formatBytes } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { laneStyle } from './lane-style.ts';
import { PanelHeading } from './panel-heading.tsx';

/** The parts of a bar, in their order; they never add up to more than the peak. */
export function memoryParts({ weights, optimizer, graph, parts, peak }: GpuBytes): readonly MemoryPart[] {
  const ofStep: readonly MemoryPart[] =
    parts === undefined
      ? [{ name: 'graph', bytes: graph }]
      : [
          { name: 'weightCopies', bytes: parts.weightCopies },
          { name: 'gradients', bytes: parts.gradients },
          { name: 'activations', bytes: parts.activations },
          { name: 'data', bytes: parts.data },
        ];
  const known = [{ name: 'weights', bytes: weights } as const, { name: 'optimizer', bytes: optimizer } as const, ...ofStep];
  const rest = Math.max(
    0,
    known.reduce((left, { bytes }) => left - bytes, peak),
  );
  return [...known, { name: 'rest', bytes: rest }];
}

interface MemoryPart {
  readonly name: 'weights' | 'optimizer' | 'graph' | 'weightCopies' | 'gradients' | 'activations' | 'data' | 'rest';
  readonly bytes: number;
}

/** The panel. */
export function MemoryPanel({ panel }: { readonly panel: ChartPanelSpec }): preact.JSX.Element {
  const { page } = usePage();
  const title = t('charts.memory');
  const lanes = page.run.lanes.value.filter(({ index }) => !page.hiddenLanes.value.has(index));
  const known = lanes.flatMap((lane) => {
    const bytes = lane.result.value?.bytes ?? null;
    return bytes === null ? [] : [{ lane, bytes }];
  });
  const most = Math.max(1, ...known.map(({ bytes }) => bytes.peak));
  return (
    <section class="chart" aria-label={title}>
      <PanelHeading panel={panel} title={title} metrics={[]} metric="" isTable={false} onTable={() => undefined} onExport={null} />
      {known.length === 0 ? (
        <p class="chart-notes">{t('charts.memoryNone')}</p>
      ) : (
        <>
          <table class="memory-bars">
            <caption class="visually-hidden">{title}</caption>
            <thead class="visually-hidden">
              <tr>
                <th scope="col">{t('table.lane')}</th>
                <th scope="col">{title}</th>
                <th scope="col">{t('charts.peak')}</th>
              </tr>
            </thead>
            <tbody>
              {known.map(({ lane, bytes }) => (
                <MemoryBar key={lane.index} lane={lane} bytes={bytes} most={most} />
              ))}
            </tbody>
          </table>
          <p class="chart-notes">
            <OriginMark origin="measured" /> {t('charts.memoryNote')}
          </p>
        </>
      )}
    </section>
  );
}

function MemoryBar(props: { readonly lane: LaneState; readonly bytes: GpuBytes; readonly most: number }): preact.JSX.Element {
  const { page } = usePage();
  const { lane, bytes, most } = props;
  const focus = page.focus.shown.value;
  const parts = memoryParts(bytes);
  return (
    <tr
      class={focus !== null && focus !== lane.index ? 'is-back' : ''}
      style={{ '--lane': laneStyle(lane.styleIndex, page.theme.theme.value).colour }}
    >
      <th scope="row" title={lane.lane.label}>
        {lane.lane.label}
      </th>
      <td class="memory-bar">
        <span>
          {parts.map(({ name, bytes: size }) => (
            <i
              key={name}
              class={`is-${name}`}
              style={{ width: `${(100 * size) / most}%` }}
              title={name === 'rest' ? t('charts.restHint') : `${t(`charts.${name}`)} ${formatBytes(size)}`}
            />
          ))}
        </span>
        <small>
          {parts
            .filter(({ bytes: size }) => size > 0)
            .map(({ name, bytes: size }) => `${t(`charts.${name}`)} ${formatBytes(size)}`)
            .join(' · ')}
        </small>
      </td>
      <td class="memory-peak">{formatBytes(bytes.peak)}</td>
    </tr>
  );
}
