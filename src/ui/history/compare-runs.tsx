// Two kept runs side by side: only the settings that differ, what came of each with the signed difference, and both texts.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { compareRuns } from '../../compare/run-difference.ts';
import type { ValueDifference } from '../../compare/run-difference.ts';
import { differenceIn, isForeignTime, numbersOfResult } from '../../state/history/baseline-difference.ts';
import type { ComparedColumn } from '../../state/history/baseline-difference.ts';
import { asCompared } from '../../state/history/make-records.ts';
import type { RunBody, RunHead } from '../../state/history/run-record.ts';
import { t } from '../../state/locale.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import { metricLabel } from '../metric-label.ts';
import { formatBytes, formatCount, formatLoss, formatRate } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { SignedNumber, writeMetricDifference } from '../results/signed-number.tsx';
import { CodeDiff } from './code-diff.tsx';
import { RunChips } from './run-row.tsx';
import { mainMetric, runName, runTime, writeMetric } from './run-words.ts';

/** A run with everything that is kept of it. */
interface WholeRun {
  readonly head: RunHead;
  readonly body: RunBody;
}

/** The comparison of two runs by id, the earlier first. */
export function CompareRuns({ pair }: { readonly pair: readonly [string, string] }): preact.JSX.Element {
  const { page } = usePage();
  const runs = useSignal<readonly [WholeRun, WholeRun] | 'reading' | 'gone'>('reading');
  useEffect(() => {
    void Promise.all(pair.map((id) => readWhole(page.history, id))).then(([before = null, after = null]) => {
      runs.value = before === null || after === null ? 'gone' : [before, after];
    });
  }, []);
  const known = runs.value;
  return (
    <div class="history-compare">
      <button
        type="button"
        class="quiet-button history-back"
        onClick={() => {
          page.comparedPair.value = null;
        }}
      >
        ← {t('history.back')}
      </button>
      {typeof known === 'string' ? (
        <p class="empty">{t(known === 'gone' ? 'history.gone' : 'history.reading')}</p>
      ) : (
        <Comparison before={known[0]} after={known[1]} />
      )}
    </div>
  );
}

async function readWhole({ heads, body }: ReturnType<typeof usePage>['page']['history'], id: string): Promise<WholeRun | null> {
  const head = heads.value.find((one) => one.id === id);
  const found = head === undefined ? null : await body(id);
  return head === undefined || found === null ? null : { head, body: found };
}

function Comparison({ before, after }: { readonly before: WholeRun; readonly after: WholeRun }): preact.JSX.Element {
  const difference = useMemo(() => compareRuns(asCompared(before.body), asCompared(after.body)), [before, after]);
  const { lines } = difference;
  return (
    <>
      <section>
        <h3>{t('history.comparison')}</h3>
        <div class="history-table">
          <table class="data-table">
            <thead>
              <tr>
                <th scope="col">{t('history.setting')}</th>
                <RunHeading run={before} label={t('history.before')} />
                <RunHeading run={after} label={t('history.after')} />
              </tr>
            </thead>
            <tbody>
              {difference.values.map((value) => (
                <SettingRow key={`${value.group} ${value.key}`} value={value} />
              ))}
            </tbody>
          </table>
        </div>
        {difference.values.length === 0 ? <p class="empty">{t('history.noDifference')}</p> : null}
      </section>
      <Outcome before={before} after={after} />
      <section>
        <h3>
          {t('history.code')}{' '}
          {lines.added + lines.removed === 0 ? null : (
            <small>{t('history.codeLines', { added: formatCount(lines.added), removed: formatCount(lines.removed) })}</small>
          )}
        </h3>
        {before.body.source === after.body.source ? (
          <p class="empty">{t('history.codeSame')}</p>
        ) : (
          <CodeDiff before={before.body.source} after={after.body.source} />
        )}
      </section>
    </>
  );
}

function RunHeading({ run: { head }, label }: { readonly run: WholeRun; readonly label: string }): preact.JSX.Element {
  return (
    <th scope="col">
      <small>{label}</small>
      <strong>{runName(head)}</strong>
      <small>
        {head.label} · {runTime(head)} <RunChips head={head} />
      </small>
    </th>
  );
}

function SettingRow({ value: { group, key, before, after } }: { readonly value: ValueDifference }): preact.JSX.Element {
  return (
    <tr>
      <th scope="row">
        <code>{key}</code> <small>{t(`history.place.${group}`)}</small>
      </th>
      {[before, after].map((value, at) => (
        <td key={at === 0 ? 'before' : 'after'}>{value === null ? <small>{t('history.none')}</small> : <code>{value}</code>}</td>
      ))}
    </tr>
  );
}

interface OutcomeRow {
  readonly column: ComparedColumn;
  readonly heading: string;
  readonly write: (value: number | null) => string;
}

function Outcome({ before, after }: { readonly before: WholeRun; readonly after: WholeRun }): preact.JSX.Element {
  const metric = mainMetric(after.head.final)?.name ?? null;
  const [a, b] = [numbersOfResult(before.body.result, metric), numbersOfResult(after.body.result, metric)];
  const row = (column: ComparedColumn, heading: PlainKey, write: OutcomeRow['write']): OutcomeRow => ({
    column,
    heading: t(heading),
    write,
  });
  const rows: readonly OutcomeRow[] = [
    row('loss', 'table.loss', formatLoss),
    ...(metric === null
      ? []
      : [{ column: 'metric' as const, heading: metricLabel(metric), write: (value: number | null) => writeMetric(metric, value) }]),
    row('rate', 'table.samples', formatRate),
    row('step', 'table.step', formatRate),
    row('graph', 'table.graph', formatBytes),
    row('peak', 'table.peak', formatBytes),
    row('sent', 'table.sent', formatBytes),
  ];
  return (
    <section>
      <h3>{t('history.outcome')}</h3>
      <div class="history-table">
        <table class="data-table history-outcome">
          <thead>
            <tr>
              <td />
              <th scope="col">{t('history.before')}</th>
              <th scope="col">{t('history.after')}</th>
              <th scope="col">{t('history.difference')}</th>
            </tr>
          </thead>
          <tbody>
            {rows
              .filter(({ column }) => a[column] !== null || b[column] !== null)
              .map(({ column, heading, write }) => (
                <tr key={column}>
                  <th scope="row">{heading}</th>
                  <td>{write(a[column])}</td>
                  <td>{write(b[column])}</td>
                  <td>
                    <SignedNumber
                      difference={differenceIn(column, b, a, metric)}
                      write={column === 'metric' ? writeMetricDifference(metric) : write}
                      isForeignTime={isForeignTime(column, before.head, after.head)}
                    />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
