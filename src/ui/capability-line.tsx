// The line at the bottom, always there: which adapter computes, through what, how f16 is done, whether something fell back, and that none
// of it leaves this machine. A click opens all that is known (capabilities/).

import type { DeviceReport } from '../train/telemetry.ts';
import { t } from '../state/locale.ts';
import { adapterName, backendTitles } from './capabilities/device-words.ts';
import { usePage } from './page-context.ts';

/** The capability line. */
export function CapabilityLine(): preact.JSX.Element {
  const { page } = usePage();
  const device = page.device.value;
  return (
    <footer class="capability-line">
      {device.kind === 'starting' ? <span class="is-waiting">{t('device.starting')}</span> : null}
      {device.kind === 'failed' ? (
        <span class="is-bad" role="alert">
          {t('device.failed', { reason: device.message })}
        </span>
      ) : null}
      {device.kind === 'ready' ? <DeviceFacts report={device.report} /> : null}
      <span class="capability-right">
        {page.storage.refused.value ? <span class="is-bad">{t('storage.refused')}</span> : null}
        <span title={t('device.measuredHint')}>
          <i class="measured" aria-hidden="true" /> {t('device.measured')}
        </span>
        <span title={t('device.privateHint')}>{t('device.private')}</span>
      </span>
    </footer>
  );
}

function DeviceFacts({ report }: { readonly report: DeviceReport }): preact.JSX.Element {
  const { page } = usePage();
  const hasFailed = report.selfTest?.passed === false || report.fallbacks.some(({ selfTest }) => selfTest !== null);
  return (
    <button
      type="button"
      class="device-facts"
      aria-haspopup="dialog"
      title={t('device.open')}
      onClick={() => {
        page.isCapabilitiesOpen.value = true;
      }}
    >
      <span class="adapter">{adapterName(report)}</span>
      <span>{backendTitles[report.backend]}</span>
      <span title={t(`f16.${report.f16}.hint`)}>{t('device.f16', { kind: t(`f16.${report.f16}`) })}</span>
      {hasFailed ? <span class="is-bad">{t('device.selfTestFailed')}</span> : null}
      {report.notes.length === 0 ? null : <span class="device-notes">{t('device.notes', { count: report.notes.length })}</span>}
    </button>
  );
}
