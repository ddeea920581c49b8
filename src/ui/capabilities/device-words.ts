// How a device is named on the page.

import type { BackendName, DeviceReport } from '../../core/device-report.ts';
import { t } from '../../state/locale.ts';

/** Names of backends; the same in every language. */
export const backendTitles: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' };

/** The adapter as it calls itself; browsers may hide any part of it. */
export function adapterName({ adapter }: DeviceReport): string {
  const parts = [adapter.description, [adapter.vendor, adapter.architecture].filter((part) => part !== '').join(' '), adapter.device];
  return parts.find((part) => part.trim() !== '') ?? t('device.unnamed');
}
