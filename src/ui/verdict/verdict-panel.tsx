// What may be said of the run, in sentences: a line per lane, or per group of repeats, with a way to run it again; below, whether the
// comparison was fair. It comes when the run has ended: a verdict on half a run would be none.

import { useComputed } from '@preact/signals';
import { judgeRun } from '../../compare/verdict.ts';
import type { LaneVerdict, Mark } from '../../compare/verdict.ts';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import { Swatch } from '../lanes/swatch.tsx';
import { FairnessList } from './fairness-list.tsx';
import { clauseText } from './said-text.ts';
import { VerifyButton, VerifyLines } from './verify-line.tsx';
import '../styles/verdict.css';

const signs: Readonly<Record<Mark, string>> = { baseline: '', same: '✓', differs: '≠', unfair: '!', open: '–' };

/** The verdict on the run on screen; nothing before its end. */
export default function VerdictPanel(): preact.JSX.Element | null {
  const { page } = usePage();
  const verdict = useComputed(() => (page.run.results.value === null ? null : judgeRun(page.run.results.value))).value;
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

function LaneLine({ verdict: { name, indexes, mark, clauses } }: { readonly verdict: LaneVerdict }): preact.JSX.Element {
  const [first = '', ...others] = clauses.map(clauseText);
  const [between, end] = [t('verdict.between'), t('verdict.end')];
  return (
    <li class={`is-${mark}`}>
      <span class="verdict-mark" title={t(`verdict.is.${mark}`)}>
        <span aria-hidden="true">{signs[mark]}</span>
        <span class="visually-hidden">{t(`verdict.is.${mark}`)}</span>
      </span>
      {indexes[0] === undefined ? <span /> : <Swatch index={indexes[0]} />}
      <div class="verdict-text">
        <p>
          <b>{name}</b> {first === '' ? null : <span class="verdict-first">{`${first}${others.length === 0 ? end : between}`}</span>}
          {others.length === 0 ? null : `${others.join(between)}${end}`}
        </p>
        <VerifyLines indexes={indexes} />
      </div>
      <VerifyButton name={name} indexes={indexes} />
    </li>
  );
}
