// Named GPUs by what their makers promise: peak floating-point operations a second, dense (without structured sparsity). Nothing trains at
// its peak; whoever picks one also assumes a utilisation, and every number that follows is labelled assumed.

import type { PrecisionMode } from '../core/precision/precision-mode.ts';

export const gpuNames = ['H100', 'A100', 'V100', 'T4', 'RTX4090', 'MI300X'] as const;
export type GpuName = (typeof gpuNames)[number];

export type GpuFormat = PrecisionMode['format'];

/** A GPU's peaks. */
export interface Gpu {
  readonly name: GpuName;
  readonly title: string;
  /** Operations a second: `fp32` on the ordinary cores, `fp16` and `bf16` on the matrix cores with f32 accumulation; those without bf16 compute it as f32. */
  readonly peakFlops: Readonly<Record<GpuFormat, number>>;
  readonly source: string;
}

const tera = 1e12;

export const gpus: Readonly<Record<GpuName, Gpu>> = {
  H100: {
    name: 'H100',
    title: 'H100 SXM',
    peakFlops: { fp32: 66.9 * tera, fp16: 989.4 * tera, bf16: 989.4 * tera },
    source: 'NVIDIA H100 Tensor Core GPU Architecture, 2022, table 1',
  },
  A100: {
    name: 'A100',
    title: 'A100 SXM',
    peakFlops: { fp32: 19.5 * tera, fp16: 312 * tera, bf16: 312 * tera },
    source: 'NVIDIA A100 Tensor Core GPU Architecture, 2020, table 1',
  },
  V100: {
    name: 'V100',
    title: 'V100 SXM2',
    peakFlops: { fp32: 15.7 * tera, fp16: 125 * tera, bf16: 15.7 * tera },
    source: 'NVIDIA Tesla V100 GPU Architecture, 2017, table 1',
  },
  T4: {
    name: 'T4',
    title: 'T4',
    peakFlops: { fp32: 8.1 * tera, fp16: 65 * tera, bf16: 8.1 * tera },
    source: 'NVIDIA T4 Tensor Core GPU datasheet, 2019',
  },
  RTX4090: {
    name: 'RTX4090',
    title: 'RTX 4090',
    peakFlops: { fp32: 82.6 * tera, fp16: 165.2 * tera, bf16: 165.2 * tera },
    source: 'NVIDIA Ada GPU Architecture, 2022, appendix A',
  },
  MI300X: {
    name: 'MI300X',
    title: 'MI300X',
    peakFlops: { fp32: 163.4 * tera, fp16: 1307.4 * tera, bf16: 1307.4 * tera },
    source: 'AMD Instinct MI300X data sheet, 2023',
  },
};

/** Whether a text names a GPU. */
export function isGpuName(value: unknown): value is GpuName {
  return typeof value === 'string' && (gpuNames as readonly string[]).includes(value);
}

/** Assumed seconds of `flops` operations on a GPU at a utilisation in (0, 1]. */
export function assumedSeconds(gpu: Gpu, precision: GpuFormat, utilisation: number, flops: number): number {
  return flops / (gpu.peakFlops[precision] * utilisation);
}
