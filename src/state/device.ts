// What is known about the GPU, as a replica inside the sandbox reported it: for the capability line.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { DeviceReport } from '../train/telemetry.ts';

/** `starting` until the first replica reported, `failed` with the reason where none could. */
export type DeviceState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly report: DeviceReport }
  | { readonly kind: 'failed'; readonly message: string };

/** The device's state before anything is known. */
export function createDevice(): Signal<DeviceState> {
  return signal<DeviceState>({ kind: 'starting' });
}
