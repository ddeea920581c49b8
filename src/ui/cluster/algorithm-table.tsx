// Every way to all-reduce the same bytes among the same ranks, side by side with its formula; a click takes it.

import type { ClusterState } from '../../state/cluster.ts';
import { t } from '../../state/locale.ts';
import { formatBytes, formatCount } from '../number-format.ts';
import { algorithmTitles } from './cluster-words.ts';
import { formatDuration, formatPercent } from './duration-text.ts';

/** The algorithms. */
export function AlgorithmTable({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { algorithm, ranks } = cluster.choice.value;
  const costs = cluster.costs.value;
  const most = Math.max(...costs.map(({ seconds }) => seconds), Number.MIN_VALUE);
  return (
    <section class="cluster-algorithms">
      <h3>{t('cluster.oneAllReduce', { bytes: formatBytes(cluster.setting.value.gradientBytes), ranks: formatCount(ranks) })}</h3>
      <table class="data-table cluster-table is-modelled">
        <tbody>
          {costs.map(({ name, formula, seconds }) => (
            <tr key={name} class={name === algorithm ? 'is-chosen' : ''} onClick={() => cluster.change({ algorithm: name })}>
              <th scope="row">
                <button type="button" aria-pressed={name === algorithm}>
                  {t(algorithmTitles[name])}
                </button>
                <code>{formula}</code>
              </th>
              <td>
                {formatDuration(seconds)}
                <span class="cluster-bar" style={{ width: `${(seconds / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The chosen one by its formula and by a simulation of its messages. */
export function CheckLine({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { worldSize, modelledSeconds, simulatedSeconds } = cluster.check.value;
  const error = modelledSeconds / simulatedSeconds - 1;
  return (
    <p class="cluster-note" title={t('cluster.checkHint')}>
      {t('cluster.check', {
        ranks: formatCount(worldSize),
        modelled: formatDuration(modelledSeconds),
        simulated: formatDuration(simulatedSeconds),
        error: Math.abs(error) < 5e-4 ? '0 %' : formatPercent(error),
      })}
    </p>
  );
}
