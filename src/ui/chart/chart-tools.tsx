// What all charts share: the x axis, smoothing, what lies behind, and which panels there are.

import { axisNames } from '../../state/axis-name.ts';
import type { AxisName } from '../../state/axis-name.ts';
import { panelKinds } from '../../state/chart-panels.ts';
import { t } from '../../state/locale.ts';
import { strongestSmoothing } from '../../state/chart-view.ts';
import { OriginMark } from '../cluster/origin-mark.tsx';
import { PlusIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';
import { LearningRateField } from '../results/learning-rate-field.tsx';
import { axisKeys } from './axis-words.ts';
import { ChartMenu } from './chart-menu.tsx';
import { overlayStyle } from './lane-style.ts';
import { panelKeys } from './panel-words.ts';
import { StyleSwatch } from './style-swatch.tsx';

/** The line above the charts. */
export function ChartTools(): preact.JSX.Element {
  const { page } = usePage();
  const { charts } = page;
  return (
    <div class="chart-tools" role="group" aria-label={t('charts.tools')}>
      <label>
        {t('charts.axis')}{' '}
        <select
          class="small-select"
          value={charts.axis.value}
          onChange={(event) => charts.setAxis(event.currentTarget.value as AxisName)} // its options are axis names
        >
          {axisNames.map((name) => (
            <option key={name} value={name}>
              {t(axisKeys[name])}
            </option>
          ))}
        </select>
      </label>
      {charts.axis.value === 'modelled' ? (
        <span title={t('charts.modelledHint')}>
          <OriginMark origin="modelled" />
        </span>
      ) : null}
      <label class="chart-smoothing" title={t('charts.smoothingHint')}>
        {t('charts.smoothing')}{' '}
        <input
          type="range"
          min={0}
          max={strongestSmoothing}
          step={0.01}
          value={charts.smoothing.value}
          onInput={(event) => charts.setSmoothing(Number(event.currentTarget.value))}
        />
        <output>{charts.smoothing.value.toFixed(2)}</output>
      </label>
      {charts.zoom.value === null ? null : (
        <button
          type="button"
          class="quiet-button"
          onClick={() => {
            charts.zoom.value = null;
          }}
        >
          {t('chart.resetZoom')}
        </button>
      )}
      <Behind />
      <span class="chart-tools-right">
        <LearningRateField />
        <ChartMenu
          label={t('charts.addHint')}
          face={
            <>
              <PlusIcon /> {t('charts.add')}
            </>
          }
        >
          {panelKinds.map((kind) => (
            <button key={kind} type="button" onClick={() => charts.panels.add(kind)}>
              {t(panelKeys[kind])}
            </button>
          ))}
        </ChartMenu>
      </span>
    </div>
  );
}

/** The runs behind the current one, by name. */
function Behind(): preact.JSX.Element | null {
  const { page } = usePage();
  const overlays = page.overlay.value;
  if (overlays.length === 0) return null;
  return (
    <ul class="chart-behind" aria-label={t('charts.behindHint')}>
      {overlays.map(({ id, label }, index) => (
        <li key={id}>
          <StyleSwatch style={overlayStyle(index, page.theme.theme.value)} /> {label}
        </li>
      ))}
    </ul>
  );
}
