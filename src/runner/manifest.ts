// What is needed to run it again: the manifest of results.json.

import type { VariantTable } from '../core/kernel-variants.ts';
import type { Declaration } from '../train/program-module.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import type { Manifest } from './results.ts';
import type { CompiledProgram } from './run-request.ts';
import type { Schedule } from './schedule.ts';

declare const __LOCKSTEP_VERSION__: string;
declare const __TFJS_VERSION__: string;

/** Puts the manifest together; fields that were never known (the run failed early) are null. */
export async function makeManifest(run: {
  readonly program: CompiledProgram;
  readonly declaration: Declaration | null;
  readonly device: DeviceReport | null;
  readonly kernelVariants: VariantTable;
  readonly schedule: Schedule;
  readonly startedAt: Date;
}): Promise<Manifest> {
  const { declaration, device } = run;
  return {
    title: declaration?.title ?? run.program.fileName,
    codeHash: await sha256(run.program.source),
    seed: declaration?.seed ?? null,
    steps: declaration?.steps ?? null,
    globalBatch: declaration?.globalBatch ?? null,
    preset: declaration?.preset ?? null,
    versions: { lockstep: __LOCKSTEP_VERSION__, tfjs: __TFJS_VERSION__ },
    userAgent: navigator.userAgent,
    backend: device?.backend ?? null,
    adapter: device?.adapter ?? null,
    features: device?.features ?? [],
    notes: device?.notes ?? [],
    selfTest: device?.selfTest ?? null,
    kernelVariants: run.kernelVariants,
    schedule: run.schedule,
    startedAt: run.startedAt.toISOString(),
  };
}

/** Hex digest; null where the page is not a secure context and the browser offers no digest. */
async function sha256(text: string): Promise<string | null> {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined; // absent over plain http from another host
  if (subtle === undefined) return null;
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
