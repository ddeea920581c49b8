// What a lane of each precision gets on a device: how it stores, what it computes in, and what may be claimed about it. The
// capabilities page and `doctor` say the same, from here.

import type { DeviceReport, F16Kind } from './device-report.ts';
import { precisionMode, precisions } from './precision/precision-modes.ts';
import type { Precision } from './precision/precision-modes.ts';

/** What lanes of one precision use on a device. */
export interface LaneUse {
  readonly precision: Precision;
  /** `f32`, or how f16 is done. */
  readonly storage: 'f32' | F16Kind;
  /** The type of the arithmetic, apart from storage. */
  readonly arithmetic: 'f32';
  /** Whether the bytes of GPU buffers are counted, and say something about this precision. */
  readonly isMemoryCounted: boolean;
  /** Whether its step times say something about this precision: simulated f16 computes in f32 and rounds on top. */
  readonly isSpeedComparable: boolean;
}

/** What each kind of lane uses on this device. */
export function laneUses(report: Pick<DeviceReport, 'backend' | 'f16'>): readonly LaneUse[] {
  const isMemoryCounted = report.backend === 'webgpu';
  return precisions.map((precision) => {
    const storage = f16KindOf(precision, report.f16) ?? 'f32';
    const isSimulated = storage === 'simulated';
    return { precision, storage, arithmetic: 'f32', isMemoryCounted: isMemoryCounted && !isSimulated, isSpeedComparable: !isSimulated };
  });
}

/** How lanes of a precision do 16 bits on a device that does f16 like this: bf16 is simulated everywhere. Null for fp32, and where it is not known. */
export function f16KindOf(precision: Precision, ofDevice: F16Kind | null): F16Kind | null {
  const { format } = precisionMode(precision);
  return format === 'fp32' ? null : format === 'bf16' ? 'simulated' : ofDevice;
}
