// A device report as lines of plain English: what `doctor` prints and what "copy as text" on the capabilities page copies.

import type { DeviceReport, SelfTest } from './device-report.ts';
import { laneUses } from './lane-use.ts';
import type { LaneUse } from './lane-use.ts';

const labelWidth = 14;

/** The report as lines; limits are numbers of the device, bytes where their name says Size. */
export function deviceText(report: DeviceReport): readonly string[] {
  const { adapter, backend, features, limits, notes, fallbacks, selfTest } = report;
  const said = Object.entries(adapter)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${value}`);
  const limitWidth = Math.max(0, ...Object.keys(limits).map((key) => key.length));
  return [
    line('backend', backend),
    line('adapter', said.length === 0 ? 'does not say its name' : said.join(', ')),
    ...laneUses(report).map((use) => line(`${use.precision} lanes`, laneUseText(use))),
    line('features', features.toSorted().join(', ') || 'none'),
    'limits',
    ...Object.entries(limits)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, value]) => `  ${key.padEnd(limitWidth)}  ${value}`),
    ...selfTestText('self-test', selfTest),
    ...fallbacks.flatMap((fallback) => (fallback.selfTest === null ? [] : selfTestText(`of ${fallback.backend}`, fallback.selfTest))),
    notes.length === 0 ? 'nothing fell back' : 'what fell back, and what is lost',
    ...notes.map((note) => `  ${note}`),
  ];
}

/** `native storage, f32 arithmetic, memory counted`. */
function laneUseText({ storage, arithmetic, isMemoryCounted, isSpeedComparable }: LaneUse): string {
  const memory = isMemoryCounted ? 'memory counted' : 'memory not counted';
  const claim = isSpeedComparable ? '' : '; no claim on speed or memory';
  return `${storage === 'simulated' ? 'simulated' : `${storage} storage`}, ${arithmetic} arithmetic, ${memory}${claim}`;
}

function selfTestText(title: string, selfTest: SelfTest | null): readonly string[] {
  if (selfTest === null) return [line(title, 'not run')];
  return [
    line(title, `${selfTest.passed ? 'passed' : 'FAILED'} in ${selfTest.ms} ms`),
    ...selfTest.checks.map(({ name, passed, detail }) => `  ${name.padEnd(labelWidth - 2)}${passed ? 'passed' : 'FAILED'}: ${detail}`),
  ];
}

function line(label: string, text: string): string {
  return `${label.padEnd(labelWidth - 2)}  ${text}`;
}
