// Where the device's time goes, under what the workers were at: a bar of phases, and the kernels that take most of it.

import type { GpuTimes } from '../../core/gpu-times.ts';
import { t } from '../../state/locale.ts';
import type { LaneTimeline } from '../../state/timeline.ts';
import { formatCount, formatRate, formatShare } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { gpuShareFill, gpuShareWords, sharesOf } from './gpu-phase-style.ts';

/** Steps that the button has timed. */
const askedSteps = 20;
/** Coarser stamps are rounded by the browser. */
const finestRoundedMs = 0.001;

/** A section on one lane; a sentence where nothing is known. */
export function GpuTimesSection({ lane }: { readonly lane: LaneTimeline }): preact.JSX.Element {
  const { page, verbs } = usePage();
  void page.timeline.revision.value; // a lane is the same object, whatever it has recorded since
  const device = page.device.value;
  const isAvailable = device.kind === 'ready' && device.report.features.includes('timestamp-query');
  const { gpuTimes } = lane;
  return (
    <section class="gpu-times" aria-labelledby="gpu-times-title">
      <div class="gpu-times-head">
        <h3 id="gpu-times-title">{t('timeline.gpu.title')}</h3>
        {isAvailable ? (
          <button
            type="button"
            class="quiet-button"
            disabled={!page.run.isActive.value}
            title={t('timeline.gpu.moreHint')}
            onClick={() => verbs.timeSteps(askedSteps)}
          >
            {t('timeline.gpu.more', { count: askedSteps })}
          </button>
        ) : null}
      </div>
      {gpuTimes === null ? (
        <p class="timeline-note">{t(isAvailable ? 'timeline.gpu.none' : 'timeline.gpu.unavailable')}</p>
      ) : (
        <MeasuredTimes times={gpuTimes} isShared={lane.worldSize > 1} />
      )}
    </section>
  );
}

function MeasuredTimes({ times, isShared }: { readonly times: GpuTimes; readonly isShared: boolean }): preact.JSX.Element {
  const { spanMs, stepCount, lastStep, dispatchCount, resolutionMs, untimedCount } = times;
  const facts = { ms: formatRate(spanMs), count: formatCount(stepCount), step: lastStep, kernels: formatCount(dispatchCount) };
  return (
    <>
      <p class="gpu-times-sum">{t('timeline.gpu.sum', facts)}</p>
      <ShareBar times={times} />
      <KernelTable times={times} />
      <p class="timeline-note">
        {t('timeline.gpu.note')} {isShared ? t('timeline.gpu.shared') : null}{' '}
        {resolutionMs > finestRoundedMs ? t('timeline.gpu.rounded', { ms: formatRate(resolutionMs) }) : null}{' '}
        {untimedCount > 0 ? t('timeline.gpu.untimed', { count: formatCount(untimedCount) }) : null}
      </p>
    </>
  );
}

/** The phases side by side, each as wide as its share; the same in words and numbers below. */
function ShareBar({ times }: { readonly times: GpuTimes }): preact.JSX.Element {
  const { page } = usePage();
  const theme = page.theme.theme.value;
  const shares = sharesOf(times);
  return (
    <>
      <div class="gpu-bar" aria-hidden="true">
        {shares.map(({ share, ms }) => (
          <span key={share} style={{ flexGrow: ms, background: gpuShareFill(share, theme) }} title={t(gpuShareWords[share].name)} />
        ))}
      </div>
      <ul class="timeline-legend" aria-label={t('timeline.gpu.phases')}>
        {shares.map(({ share, ms }) => (
          <li key={share} title={t(gpuShareWords[share].hint)}>
            <svg class="phase-swatch" width="14" height="10" viewBox="0 0 14 10" aria-hidden="true">
              <rect width="14" height="10" fill={gpuShareFill(share, theme)} />
            </svg>{' '}
            {t(gpuShareWords[share].name)} {formatGpuMs(ms, times)} ms · {formatShare(ms / times.spanMs)}
          </li>
        ))}
      </ul>
    </>
  );
}

function KernelTable({ times }: { readonly times: GpuTimes }): preact.JSX.Element {
  return (
    <div class="timeline-table gpu-kernels" tabIndex={0}>
      <table class="data-table">
        <caption>{t('timeline.gpu.kernels', { count: times.kernels.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('timeline.gpu.kernel')}</th>
            <th scope="col">{t('timeline.phase')}</th>
            <th scope="col">{t('timeline.gpu.runs')}</th>
            <th scope="col">ms</th>
            <th scope="col">{t('timeline.ofStep')}</th>
          </tr>
        </thead>
        <tbody>
          {times.kernels.map(({ phase, name, runCount, ms }) => (
            <tr key={`${phase} ${name}`}>
              <th scope="row">{name}</th>
              <td>{t(gpuShareWords[phase].name)}</td>
              <td>{Number.isInteger(runCount) ? formatCount(runCount) : formatRate(runCount)}</td>
              <td>{formatGpuMs(ms, times)}</td>
              <td>{formatShare(ms / times.spanMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Nothing is free: what the stamps do not show is less than their unit. */
function formatGpuMs(ms: number, { resolutionMs }: GpuTimes): string {
  return ms > 0 ? formatRate(ms) : `< ${formatRate(resolutionMs)}`;
}
