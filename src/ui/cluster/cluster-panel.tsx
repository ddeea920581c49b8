// The cluster it would be: the same training with a device per rank, up to 4,096 of them, on a network that is chosen. Everything but the
// micro-batch and the bytes of a lane is modelled, and says so.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { gpus } from '../../cluster/gpus.ts';
import { curveWorldSizes } from '../../cluster/scaling.ts';
import { clusterMessages } from '../../i18n/en/cluster.ts';
import { createCluster } from '../../state/cluster.ts';
import type { ClusterState } from '../../state/cluster.ts';
import { addRoomMessages, t } from '../../state/locale.ts';
import { formatBytes, formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { AlgorithmTable, CheckLine } from './algorithm-table.tsx';
import { ClusterFields } from './cluster-fields.tsx';
import { ClusterSources } from './cluster-sources.tsx';
import { formatDuration, formatFactor, formatPercent, formatTimes } from './duration-text.ts';
import { OriginMark } from './origin-mark.tsx';
import { ScalingChart } from './scaling-chart.tsx';
import { ScalingTable } from './scaling-table.tsx';
import '../styles/cluster.css';

addRoomMessages(clusterMessages);

/** The panel. */
export default function ClusterPanel(): preact.JSX.Element {
  const { page } = usePage();
  const cluster = useMemo(() => createCluster(page.run, page.storage), [page]);
  return (
    <div class="cluster">
      <ClusterFields cluster={cluster} />
      <Given cluster={cluster} />
      <Verdict cluster={cluster} />
      <Curves cluster={cluster} />
      <div class="cluster-tables">
        <section>
          <ScalingTable cluster={cluster} />
          <CheckLine cluster={cluster} />
        </section>
        <AlgorithmTable cluster={cluster} />
      </div>
      <ClusterSources cluster={cluster} />
    </div>
  );
}

/** What goes in, each number with its origin. */
function Given({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const subject = cluster.subject.value;
  const { microBatchSeconds, gradientBytes, network } = cluster.setting.value;
  const gpu = cluster.gpu.value;
  const isSent = subject.bytesAre === 'sent';
  return (
    <ul class="cluster-given">
      <li>
        <OriginMark origin={gpu === 'here' ? 'measured' : 'assumed'} /> <b>{formatDuration(microBatchSeconds)}</b>{' '}
        {gpu === 'here'
          ? t(subject.isWithoutExchange ? 'cluster.microBatchAlone' : 'cluster.microBatchHere', { count: subject.laneWorldSize ?? 1 })
          : t('cluster.microBatchAssumed', {
              samples: formatCount(subject.samplesPerMicroBatch ?? 1),
              flops: formatOperations(cluster.flopsPerSample.value),
              gpu: gpus[gpu].title,
              peak: formatOperations(gpus[gpu].peakFlops[subject.precision]),
              precision: subject.precision,
            })}
      </li>
      <li>
        <OriginMark origin={isSent ? 'measured' : 'assumed'} /> <b>{formatBytes(gradientBytes)}</b>{' '}
        {t(isSent ? 'cluster.bytesSent' : subject.bytesAre === 'weights' ? 'cluster.bytesWeights' : 'cluster.bytesPublished')}
      </li>
      <li>
        <OriginMark origin="assumed" />{' '}
        <b>
          α {formatDuration(network.alphaSeconds)}, β {formatBytes(network.bytesPerSecond)}/s
        </b>{' '}
        {t('cluster.alphaBeta')}
      </li>
    </ul>
  );
}

/** What comes out, in a sentence or two. */
function Verdict({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { crossover, best, steps } = cluster.scaling.value;
  const last = steps.at(-1);
  const ranks = formatCount(best.worldSize);
  const isStillGrowing = best.worldSize === last?.worldSize;
  return (
    <p class="cluster-verdict" role="status">
      <OriginMark origin="modelled" />{' '}
      {crossover === null ? t('cluster.noCrossover') : t('cluster.crossover', { ranks: formatCount(crossover) })}{' '}
      {best.worldSize === 1
        ? t('cluster.neverFaster')
        : t(isStillGrowing ? 'cluster.bestAtEnd' : 'cluster.best', {
            ranks,
            speedUp: formatFactor(best.speedUp),
            efficiency: formatPercent(best.efficiency),
          })}
    </p>
  );
}

function Curves({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { steps, crossover } = cluster.scaling.value;
  const pointed = useSignal<number | null>(null);
  const lowestPower = Math.floor(Math.log2(Math.min(1, ...steps.map(({ speedUp }) => speedUp))));
  const powers = 12 - lowestPower;
  const tickEvery = powers <= 12 ? 2 : 4;
  const speedTicks = Array.from({ length: Math.floor(powers / tickEvery) + 1 }, (_, index) => 2 ** (12 - index * tickEvery));
  const onChoose = (ranks: number): void => cluster.change({ ranks });
  return (
    <div class="cluster-charts">
      <ScalingChart
        title={t('cluster.speedUp')}
        points={steps.map(({ worldSize, speedUp }) => ({ worldSize, value: speedUp }))}
        ideal={curveWorldSizes.map((worldSize) => ({ worldSize, value: worldSize }))}
        ticks={speedTicks}
        position={(value) => (Math.log2(value) - lowestPower) / powers}
        format={formatTimes}
        crossover={crossover}
        pointed={pointed}
        onChoose={onChoose}
      />
      <ScalingChart
        title={t('cluster.efficiency')}
        points={steps.map(({ worldSize, efficiency }) => ({ worldSize, value: efficiency }))}
        ideal={curveWorldSizes.map((worldSize) => ({ worldSize, value: 1 }))}
        ticks={[0, 0.25, 0.5, 0.75, 1]}
        position={(value) => value}
        format={formatPercent}
        crossover={crossover}
        pointed={pointed}
        onChoose={onChoose}
      />
    </div>
  );
}

/** Operations with the letter of their power: `24.5 G`. */
function formatOperations(count: number): string {
  const letters = ['', ' k', ' M', ' G', ' T', ' P'];
  const power = Math.min(letters.length - 1, Math.max(0, Math.floor(Math.log10(count) / 3)));
  return `${Number((count / 1000 ** power).toPrecision(3))}${letters[power] ?? ''}`;
}
