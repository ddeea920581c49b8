// What has to be said beside the curves of a panel: values that cannot be drawn, lanes that are not here, what a band is.

import type { AxisName } from '../../state/axis-name.ts';
import type { Curve, CurveSet } from '../../state/chart-curves.ts';
import type { PanelKind } from '../../state/chart-panels.ts';
import { t } from '../../state/locale.ts';
import { pyramidOf } from '../../state/min-max-pyramid.ts';
import { formatCount } from '../number-format.ts';

/** What notes follow from besides the curves. */
export interface NoteFacts {
  readonly kind: PanelKind;
  readonly axis: AxisName;
  readonly isLogarithmic: boolean;
  /** Whether a lane's ranks are computed one after the other. */
  readonly hasVirtual: boolean;
  readonly isRace: boolean;
}

/** The notes of a panel, most important first. */
export function panelNotes({ curves, missing }: CurveSet, facts: NoteFacts): readonly string[] {
  const { kind, axis, isLogarithmic, hasVirtual, isRace } = facts;
  const showsTime = kind === 'throughput' || kind === 'stepTime' || axis === 'time';
  return [
    ...curves.flatMap((curve) => notFiniteNote(curve)),
    ...curves.flatMap((curve) => skippedNote(curve)),
    ...(isLogarithmic ? curves.flatMap((curve) => leftOutNote(curve)) : []),
    ...curves.flatMap((curve) => repeatsNote(curve)),
    ...(showsTime && isRace ? [t('charts.race')] : []),
    ...(showsTime && hasVirtual ? [t('charts.virtual')] : []),
    ...(missing.length === 0 ? [] : [missingNote(kind, axis, missing)]),
  ];
}

function notFiniteNote({ label, step, nonFiniteRows }: Curve): readonly string[] {
  const rows = nonFiniteRows();
  if (rows === null) return [];
  return [t('charts.notFinite', { lane: label, count: formatCount(rows.length), step: formatCount(step.at(rows.at(0))) })];
}

function skippedNote({ label, skippedRows }: Curve): readonly string[] {
  if (skippedRows === null || skippedRows.length === 0) return [];
  return [t('charts.skipped', { lane: label, count: formatCount(skippedRows.length) })];
}

function leftOutNote({ label, raw }: Curve): readonly string[] {
  const count = pyramidOf(raw, true).leftOutCount();
  return count === 0 ? [] : [t('charts.notPositive', { lane: label, count: formatCount(count) })];
}

function repeatsNote({ label, kind, repeatCount, seedCount }: Curve): readonly string[] {
  if (repeatCount === 1) return [];
  const words = { lane: label, count: formatCount(repeatCount), begun: formatCount(seedCount) };
  if (kind === 'lane') return [t('charts.oneSeed', words)];
  return [seedCount === repeatCount ? t('charts.seeds', words) : t('charts.someSeeds', words)];
}

function missingNote(kind: PanelKind, axis: AxisName, missing: readonly string[]): string {
  const lanes = missing.join(', ');
  if (axis === 'modelled') return t('charts.missing.modelled', { lanes });
  if (axis === 'bytes') return t('charts.missing.bytes', { lanes });
  if (kind === 'gradientNorm') return t('charts.missing.gradientNorm', { lanes });
  if (kind === 'lossScale') return t('charts.missing.lossScale', { lanes });
  return t('charts.missing.other', { lanes });
}
