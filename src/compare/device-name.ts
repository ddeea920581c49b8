// What a run was computed on, in a few words.

import type { Manifest } from '../runner/results.ts';

/** Backend and adapter, as far as the browser tells. */
export function deviceName({ backend, adapter }: Pick<Manifest, 'backend' | 'adapter'>): string {
  const names = adapter === null ? [] : [adapter.vendor, adapter.architecture, adapter.device, adapter.description];
  return [backend ?? '–', ...names.filter((name) => name !== '')].join(' ');
}
