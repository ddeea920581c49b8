// What a lane of each precision gets on a device: how it stores, what it computes in, and what may be claimed about it. The
// capabilities page and `doctor` say the same, from here.

import type { DeviceReport, F16Kind } from './device-report.ts';

/** What lanes of one precision use on a device. */
export interface LaneUse {
  readonly precision: 'fp32' | 'fp16';
  /** `f32`, or how f16 is done. */
  readonly storage: 'f32' | F16Kind;
  /** The type of the arithmetic, apart from storage. */
  readonly arithmetic: 'f32';
  /** Whether the bytes of GPU buffers are counted. */
  readonly isMemoryCounted: boolean;
  /** Whether its step times say something about this precision: simulated f16 computes in f32 and rounds on top. */
  readonly isSpeedComparable: boolean;
}

/** What each kind of lane uses on this device. */
export function laneUses(report: Pick<DeviceReport, 'backend' | 'f16'>): readonly LaneUse[] {
  const isMemoryCounted = report.backend === 'webgpu';
  return [
    { precision: 'fp32', storage: 'f32', arithmetic: 'f32', isMemoryCounted, isSpeedComparable: true },
    { precision: 'fp16', storage: report.f16, arithmetic: 'f32', isMemoryCounted, isSpeedComparable: report.f16 !== 'simulated' },
  ];
}
