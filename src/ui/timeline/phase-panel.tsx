// A panel among the charts: what a step of each lane is spent on, as bars on one scale, fp16 beside fp32. Without curves, because what the
// device's time goes into is measured in a few steps only.

import { timelineMessages } from '../../i18n/en/timeline.ts';
import type { ChartPanelSpec } from '../../state/chart-panels.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { PanelHeading } from '../chart/panel-heading.tsx';
import { OriginMark } from '../cluster/origin-mark.tsx';
import { formatRate, formatRatio } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { comparePhases, fullPrecisionPeer } from './lane-phases.ts';
import type { LanePhases } from './lane-phases.ts';

addRoomMessages(timelineMessages);

/** The panel. */
export default function PhasePanel({ panel }: { readonly panel: ChartPanelSpec }): preact.JSX.Element {
  const { page } = usePage();
  void page.timeline.revision.value; // lanes are the same objects, whatever they have recorded since
  const title = t('charts.phases');
  const shown = page.run.lanes.value.filter(({ index }) => !page.hiddenLanes.value.has(index));
  const { clock, lanes } = comparePhases(shown, page.timeline.lanes.value, page.theme.theme.value);
  const most = Math.max(0, ...lanes.map(({ totalMs }) => totalMs));
  const parts = new Map(lanes.flatMap((lane) => lane.parts.map((part) => [part.key, part] as const)));
  const isRace = page.run.schedule.value?.schedule === 'race';
  return (
    <section class="chart" aria-label={title}>
      <PanelHeading panel={panel} title={title} metrics={[]} metric="" isTable={false} onTable={() => undefined} onExport={null} />
      {lanes.length === 0 ? (
        <p class="chart-notes">{t('timeline.compare.none')}</p>
      ) : (
        <>
          <table class="memory-bars">
            <caption class="visually-hidden">{title}</caption>
            <thead class="visually-hidden">
              <tr>
                <th scope="col">{t('table.lane')}</th>
                <th scope="col">{title}</th>
                <th scope="col">{t('timeline.phase.step')}</th>
              </tr>
            </thead>
            <tbody>
              {lanes.map((one) => (
                <PhaseBar key={one.lane.index} phases={one} most={most} peer={fullPrecisionPeer(one, lanes)} />
              ))}
            </tbody>
          </table>
          <ul class="phase-legend">
            {[...parts.values()].map(({ key, name, fill }) => (
              <li key={key}>
                <i style={{ background: fill }} aria-hidden="true" /> {t(name)}
              </li>
            ))}
          </ul>
          <p class="chart-notes">
            <OriginMark origin="measured" /> {t(clock === 'device' ? 'timeline.compare.device' : 'timeline.compare.worker')}{' '}
            {isRace ? t('charts.race') : null}
          </p>
        </>
      )}
    </section>
  );
}

function PhaseBar(props: { readonly phases: LanePhases; readonly most: number; readonly peer: LanePhases | null }): preact.JSX.Element {
  const { page } = usePage();
  const { phases, most, peer } = props;
  const { lane, parts, totalMs } = phases;
  const focus = page.focus.shown.value;
  const isRatioKnown = peer !== null && peer.totalMs > 0;
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
          {parts.map(({ key, name, fill, ms }) => (
            <i key={key} style={{ width: `${(100 * ms) / most}%`, background: fill }} title={`${t(name)} ${formatRate(ms)} ms`} />
          ))}
        </span>
        <small>
          {parts
            .filter(({ ms }) => ms > 0)
            .map(({ name, ms }) => `${t(name)} ${formatRate(ms)}`)
            .join(' · ')}
        </small>
      </td>
      <td class="memory-peak">
        {formatRate(totalMs)} ms
        {isRatioKnown ? (
          <small title={t('timeline.compare.ratioHint', { lane: peer.lane.lane.label })}> × {formatRatio(totalMs / peer.totalMs)}</small>
        ) : null}
      </td>
    </tr>
  );
}
