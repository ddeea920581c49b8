// What has to be said beside the curves of a panel: values that cannot be drawn, lanes that are not here, what a band is.

import type { MessageKey } from '../../i18n/messages-en.ts';
import type { AxisName } from '../../state/axis-name.ts';
import type { Curve, CurveSet, MissingCurve } from '../../state/chart-curves.ts';
import type { PanelKind } from '../../state/chart-panels.ts';
import { t } from '../../state/locale.ts';
import { pyramidOf } from '../../state/min-max-pyramid.ts';
import { formatCount } from '../number-format.ts';

type MissingKey = Extract<MessageKey, `charts.missing.${string}`>;

/** What notes follow from besides the curves. */
export interface NoteFacts {
  readonly kind: PanelKind;
  readonly axis: AxisName;
  readonly isLogarithmic: boolean;
  /** Whether a lane's ranks are computed one after the other. */
  readonly hasVirtual: boolean;
  readonly isRace: boolean;
  /** Labels of earlier runs that came from a file. */
  readonly imported: readonly string[];
}

/** The notes of a panel, most important first. */
export function panelNotes({ curves, missing }: CurveSet, facts: NoteFacts): readonly string[] {
  const { kind, axis, isLogarithmic, hasVirtual, isRace, imported } = facts;
  const showsTime = kind === 'throughput' || kind === 'stepTime' || axis === 'time' || axis === 'modelled';
  const lacking = (lacks: MissingCurve['lacks']) => missing.flatMap((one) => (one.lacks === lacks ? [one.label] : []));
  const [noPlace, noValue] = [lacking('axis'), lacking('quantity')];
  return [
    ...curves.flatMap((curve) => notFiniteNote(curve)),
    ...curves.flatMap((curve) => skippedNote(curve)),
    ...(isLogarithmic ? curves.flatMap((curve) => leftOutNote(curve)) : []),
    ...curves.flatMap((curve) => repeatsNote(curve)),
    ...(showsTime && isRace ? [t('charts.race')] : []),
    ...(showsTime && hasVirtual ? [t('charts.virtual')] : []),
    ...(showsTime && imported.length > 0 ? [t('charts.importedTimes', { lanes: imported.join(', ') })] : []),
    ...(noPlace.length === 0 ? [] : [t(noPlaceKey(axis), { lanes: noPlace.join(', ') })]),
    ...(noValue.length === 0 ? [] : [t(noValueKey(kind), { lanes: noValue.join(', ') })]),
  ];
}

function notFiniteNote({ label, step, nonFiniteRows }: Curve): readonly string[] {
  const rows = nonFiniteRows();
  if (rows === null) return [];
  return [t('charts.notFinite', { lane: label, count: formatCount(rows.length), step: formatCount(step.at(rows.at(0))) })];
}

function skippedNote({ label, kind, skippedRows }: Curve): readonly string[] {
  if (skippedRows === null || skippedRows.length === 0) return [];
  const words = { lane: label, count: formatCount(skippedRows.length) };
  return [kind === 'repeats' ? t('charts.skippedByAny', words) : t('charts.skipped', words)];
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

/** Why a lane has no place on an axis. Every lane has one among steps and in measured time. */
function noPlaceKey(axis: AxisName): MissingKey {
  if (axis === 'modelled') return 'charts.missing.modelled';
  if (axis === 'bytes') return 'charts.missing.bytes';
  if (axis === 'samples') return 'charts.missing.batch';
  return axis === 'epochs' ? 'charts.missing.epochs' : 'charts.missing.other';
}

/** Why a lane has nothing to show in a kind of panel. */
function noValueKey(kind: PanelKind): MissingKey {
  if (kind === 'throughput') return 'charts.missing.batch';
  if (kind === 'gradientNorm') return 'charts.missing.gradientNorm';
  return kind === 'lossScale' ? 'charts.missing.lossScale' : 'charts.missing.other';
}
