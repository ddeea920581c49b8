// The line at the bottom, always there: which adapter computes, through what, how f16 is done, what fell back and why, and that none
// of it leaves this machine.

import type { DeviceReport } from '../train/telemetry.ts';
import { t } from '../state/locale.ts';
import { usePage } from './page-context.ts';

const backendNames: Readonly<Record<DeviceReport['backend'], string>> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' };

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
  return (
    <>
      <span class="adapter" title={t('device.adapterHint')}>
        {adapterName(report)}
      </span>
      <span>{backendNames[report.backend]}</span>
      <span title={t(`f16.${report.f16}.hint`)}>{t('device.f16', { kind: t(`f16.${report.f16}`) })}</span>
      {report.notes.length === 0 ? null : (
        <details class="device-notes">
          <summary>{t('device.notes', { count: report.notes.length })}</summary>
          <ul>
            {report.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The adapter as it calls itself; browsers may hide any part of it. */
function adapterName({ adapter }: DeviceReport): string {
  const parts = [adapter.description, [adapter.vendor, adapter.architecture].filter((part) => part !== '').join(' '), adapter.device];
  return parts.find((part) => part.trim() !== '') ?? t('device.unnamed');
}
