// What may be said of the run, in sentences: a line per lane, or per group of repeats, with a way to run it again; below, whether the
// comparison was fair. It comes when the run has ended: a verdict on half a run would be none.

import { useComputed } from '@preact/signals';
import { judgeRun } from '../../compare/verdict.ts';
import type { LaneVerdict, Mark, Verdict } from '../../compare/verdict.ts';
import { subjectsOf } from '../../compare/subject.ts';
import { overlayLabel } from '../../state/history/compared-runs.ts';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import type { Page } from '../page-context.ts';
import { Swatch } from '../lanes/swatch.tsx';
import { FairnessList } from './fairness-list.tsx';
import { clauseText } from './said-text.ts';
import { VerifyButton, VerifyLines } from './verify-line.tsx';
import '../styles/verdict.css';

const signs: Readonly<Record<Mark, string>> = { baseline: '', same: '✓', differs: '≠', unfair: '!', open: '–' };

/** The verdict on the run on screen; nothing before its end. */
export default function VerdictPanel(): preact.JSX.Element | null {
  const { page } = usePage();
  const verdict = useComputed(() => judgeOnPage(page)).value;
  if (verdict === null || verdict.lanes.length === 0) return null;
  return (
    <section class="verdict" aria-label={t('verdict.label')}>
      <h3>{t('verdict.label')}</h3>
      <ul class="verdict-lanes">
        {verdict.lanes.map((lane) => (
          <LaneLine key={lane.indexes[0] ?? 'pinned'} verdict={lane} />
        ))}
      </ul>
      {verdict.fairness === null ? null : <FairnessList items={verdict.fairness} />}
    </section>
  );
}

/** Against the pinned baseline where there is one, else against the run's first lane. */
function judgeOnPage({ run, comparedRuns }: Page): Verdict | null {
  const results = run.results.value;
  if (results === null) return null;
  const kept = comparedRuns.baseline.value;
  // Its rows are not read: they tell of drift alone, which then is unknown.
  const lane =
    kept === null ? null : { ...kept.result, series: [], evals: [], notFinite: null, label: overlayLabel(kept.head), repeat: null };
  const pinned = kept === null || lane === null ? null : (subjectsOf({ manifest: kept.manifest, lanes: [lane] })[0] ?? null);
  return judgeRun(results, pinned);
}

function LaneLine({ verdict: { name, indexes, mark, clauses } }: { readonly verdict: LaneVerdict }): preact.JSX.Element {
  const { run } = usePage().page;
  const lanes = run.results.value?.lanes ?? [];
  const lane = run.lanes.value[indexes[0] ?? -1];
  const [first = '', ...others] = clauses.map(clauseText);
  const [between, end] = [t('verdict.between'), t('verdict.end')];
  return (
    <li class={`is-${mark}`}>
      <span class="verdict-mark" title={t(`verdict.is.${mark}`)}>
        <span aria-hidden="true">{signs[mark]}</span>
        <span class="visually-hidden">{t(`verdict.is.${mark}`)}</span>
      </span>
      {lane === undefined ? <span /> : <Swatch index={lane.styleIndex} />}
      <div class="verdict-text">
        <p>
          <b>{name}</b> {first === '' ? null : <span class="verdict-first">{`${first}${others.length === 0 ? end : between}`}</span>}
          {others.length === 0 ? null : `${others.join(between)}${end}`}
        </p>
        <VerifyLines keys={indexes.map((key) => ({ key, label: lanes[key]?.label ?? '', steps: lanes[key]?.steps ?? 0 }))} />
      </div>
      <VerifyButton name={name} indexes={indexes} />
    </li>
  );
}
