// The curve in numbers, for a few sizes and the one that is looked at.

import { modelStep } from '../../cluster/step-model.ts';
import type { ClusterState } from '../../state/cluster.ts';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';
import { formatDuration, formatPercent, formatTimes } from './duration-text.ts';

const worldSizes = [1, 2, 4, 8, 64, 512, 4096];

/** A row per number of ranks; a click looks at it. */
export function ScalingTable({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { ranks, stragglerSigma } = cluster.choice.value;
  const hasStragglers = stragglerSigma > 0; // else computing takes the same whatever the ranks
  const samples = cluster.subject.value.samplesPerMicroBatch;
  const rows = [...new Set([...worldSizes, ranks])].sort((a, b) => a - b).map((worldSize) => modelStep(cluster.setting.value, worldSize));
  return (
    <div class="cluster-scroll" tabIndex={0} role="region" aria-label={t('cluster.table')}>
      <table class="data-table cluster-table is-modelled">
        <thead>
          <tr>
            <th scope="col">{t('cluster.ranks')}</th>
            {samples === null ? null : (
              <th scope="col" title={t('cluster.globalBatchHint')}>
                {t('cluster.globalBatch')}
              </th>
            )}
            <th scope="col">{t('cluster.step')}</th>
            {hasStragglers ? (
              <th scope="col" title={t('cluster.computingHint')}>
                {t('cluster.computing')}
              </th>
            ) : null}
            <th scope="col" title={t('cluster.communicationHint')}>
              {t('cluster.communication')}
            </th>
            <th scope="col" title={t('cluster.waitingHint')}>
              {t('cluster.waiting')}
            </th>
            <th scope="col" title={t('cluster.speedUpHint')}>
              {t('cluster.speedUp')}
            </th>
            <th scope="col">{t('cluster.efficiency')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((step) => (
            <tr
              key={step.worldSize}
              class={step.worldSize === ranks ? 'is-chosen' : ''}
              onClick={() => cluster.change({ ranks: step.worldSize })}
            >
              <th scope="row">
                <button type="button" aria-pressed={step.worldSize === ranks}>
                  {formatCount(step.worldSize)}
                </button>
              </th>
              {samples === null ? null : <td>{formatCount(samples * step.worldSize)}</td>}
              <td>{formatDuration(step.stepSeconds)}</td>
              {hasStragglers ? <td>{formatDuration(step.computeSeconds)}</td> : null}
              <td>{step.worldSize === 1 ? '–' : formatDuration(step.communicationSeconds)}</td>
              <td>{formatPercent(step.waitingShare)}</td>
              <td>{formatTimes(step.speedUp)}</td>
              <td>{formatPercent(step.efficiency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
