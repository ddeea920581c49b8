// What the numbers rest on: the formula, where α, β and peaks come from, and what is assumed.

import { gpus } from '../../cluster/gpus.ts';
import { networks } from '../../cluster/networks.ts';
import { workloads } from '../../cluster/workloads.ts';
import type { ClusterState } from '../../state/cluster.ts';
import { t } from '../../state/locale.ts';

/** Formula, sources, assumptions. */
export function ClusterSources({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const network = cluster.network.value;
  const { algorithm, fastNetwork, hasOverlap, stragglerSigma } = cluster.choice.value;
  const { formula, source } = cluster.setting.value.algorithm;
  const gpu = cluster.gpu.value;
  const { workload } = cluster.subject.value;
  return (
    <dl class="cluster-sources">
      <dt>{t('cluster.formula')}</dt>
      <dd>
        <code>{formula}</code> {source}
      </dd>
      <dt>{t('cluster.network')}</dt>
      <dd>{network === 'own' ? t('cluster.ownNumbers') : networks[network].source}</dd>
      {algorithm === 'hierarchical' ? (
        <>
          <dt>{t('cluster.fast')}</dt>
          <dd>{networks[fastNetwork].source}</dd>
        </>
      ) : null}
      {gpu === 'here' ? null : (
        <>
          <dt>{t('cluster.gpu')}</dt>
          <dd>{gpus[gpu].source}</dd>
        </>
      )}
      {workload === null ? null : (
        <>
          <dt>{t('cluster.subject')}</dt>
          <dd>{workloads[workload].source}</dd>
        </>
      )}
      <dt>{t('cluster.assumptions')}</dt>
      <dd>
        {t('cluster.assumeWeak')} {t('cluster.assumePorts')} {t(hasOverlap ? 'cluster.assumeOverlap' : 'cluster.assumeNoOverlap')}{' '}
        {stragglerSigma === 0 ? null : t('cluster.assumeStraggler')}
      </dd>
    </dl>
  );
}
