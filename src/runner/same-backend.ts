// All ranks of a run compute on one backend: their weights could not agree to the last bit otherwise, and their times not be compared. A
// GPU can go away between the start of one worker and the next, and the next then falls back on its own.

import { PlaygroundError } from '../core/errors.ts';
import type { DeviceReport } from '../train/telemetry.ts';

/** Throws `device-changed` where a replica of a lane has another backend than the run began on. */
export function expectSameBackend(began: Pick<DeviceReport, 'backend'>, now: Pick<DeviceReport, 'backend'>): void {
  if (now.backend === began.backend) return;
  throw new PlaygroundError(
    'device-changed',
    `device: expected ${began.backend}, on which this run began, got ${now.backend}: the device went away meanwhile. Run again; every lane then uses ${now.backend}.`,
    { began: began.backend, now: now.backend },
  );
}
