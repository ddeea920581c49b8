// Where each lane's GPU time goes, for `--kernels`: its phases in a line, its most expensive kernels in a table.

import { formatMessage } from '../i18n/format-message.ts';
import { timelineMessages } from '../i18n/en/timeline.ts';
import type { GpuTimes } from '../core/gpu-times.ts';
import type { LaneResult } from '../runner/results.ts';
import { shortNumber } from './number-text.ts';
import { formatTable } from './text-table.ts';

/** Coarser stamps are rounded by the browser. */
const finestRoundedMs = 0.001;

/** Lines on every lane; a lane without times says so. */
export function formatKernels(lanes: readonly LaneResult[]): readonly string[] {
  return lanes.flatMap(({ label, gpuTimes }, index) => [...(index === 0 ? [] : ['']), ...laneLines(label, gpuTimes)]);
}

function laneLines(label: string, times: GpuTimes | null): readonly string[] {
  if (times === null) return [`${label}: GPU times are not known. The device has no time stamps, or the lane took fewer than eight steps.`];
  const { spanMs, stepCount, lastStep, dispatchCount, resolutionMs, phases } = times;
  const share = (ms: number): string => (spanMs === 0 ? '–' : `${((100 * ms) / spanMs).toFixed(1)}%`);
  const facts = { ms: shortNumber(spanMs), count: stepCount, step: lastStep, kernels: dispatchCount };
  return [
    `${label}: ${formatMessage(timelineMessages['timeline.gpu.sum'], facts)}`,
    `  ${phases.map(({ phase, ms }) => `${phase} ${gpuMs(ms, times)} ms (${share(ms)})`).join(', ')}`,
    ...formatTable(
      ['kernel', 'phase', 'times', 'ms', 'of the step'],
      times.kernels.map(({ name, phase, runCount, ms }) => [name, phase, shortNumber(runCount), gpuMs(ms, times), share(ms)]),
    ),
    ...(resolutionMs > finestRoundedMs ? [formatMessage(timelineMessages['timeline.gpu.rounded'], { ms: shortNumber(resolutionMs) })] : []),
  ];
}

function gpuMs(ms: number, { resolutionMs }: GpuTimes): string {
  return ms > 0 ? shortNumber(ms) : `< ${shortNumber(resolutionMs)}`;
}
