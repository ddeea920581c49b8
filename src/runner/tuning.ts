// Which implementations of GPU kernels the runs of this page take. The autotuner (engine/tune/autotune.ts) runs once per page, in one replica
// of the pool, and what it proposes is checked, kept for this adapter and this browser, and given to every rank of every later run.
// Before it is known, and where nobody wants it, the kernels' own defaults run: an empty table. Either way the manifest says which.

import { parseVariantTable } from '../core/kernel-variants.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import type { ReplicaHandle } from './replica-handle.ts';

declare const __LOCKSTEP_VERSION__: string;

/**
 * `never`: the defaults. `idle`: while a replica waits for its run, on devices that the defaults were not measured on. `first`: on any device,
 * and a run waits for it.
 */
export const tuningModes = ['never', 'idle', 'first'] as const;
export type TuningMode = (typeof tuningModes)[number];

/** Where tables are kept from one visit to the next. */
export interface VariantKeep {
  /** What was kept under a key; null where nothing was. */
  read(key: string): unknown;
  write(key: string, table: VariantTable): void;
}

/** One per page. */
export class Tuning {
  readonly mode: TuningMode;
  private readonly keep: VariantKeep | null;
  /** By device. */
  private readonly tables = new Map<string, VariantTable>();

  constructor(mode: TuningMode, keep: VariantKeep | null) {
    this.mode = mode;
    this.keep = keep;
  }

  /** The table for a device; null while it is not known. */
  tableFor(device: DeviceReport): VariantTable | null {
    const key = keyOf(device);
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    const kept = this.mode === 'never' ? null : (this.keep?.read(key) ?? null);
    if (kept === null) return null;
    const table = parseVariantTable(kept);
    this.tables.set(key, table);
    return table;
  }

  /** Has a replica find the table for its device, unless it is known or nobody wants it. */
  async tune(handle: ReplicaHandle): Promise<void> {
    const device = await handle.warmed;
    if (!this.wants(device) || this.tableFor(device) !== null) return;
    const proposed: unknown = await handle.call((remote) => remote.tune());
    if (proposed === null) return; // it was taken for a run, or has no WebGPU
    const table = parseVariantTable(proposed);
    this.tables.set(keyOf(device), table);
    this.keep?.write(keyOf(device), table);
  }

  private wants(device: DeviceReport): boolean {
    if (this.mode === 'never' || device.backend !== 'webgpu') return false;
    return this.mode === 'first' || !isSoftware(device);
  }
}

/** The adapters on which the defaults were chosen (bench/RESULTS.md): nothing is to be gained there, and compiling takes seconds. Mesa's architecture is `software` where the browser hides the rest. */
function isSoftware({ adapter }: DeviceReport): boolean {
  return /swiftshader|llvmpipe|software/iu.test(Object.values(adapter).join(' '));
}

/** What tells devices, and versions of the kernels, apart. */
function keyOf({ adapter, features, f16 }: DeviceReport): string {
  return JSON.stringify([__LOCKSTEP_VERSION__, navigator.userAgent, ...Object.values(adapter), f16, ...features]);
}
