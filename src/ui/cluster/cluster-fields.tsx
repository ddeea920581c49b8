// The choices: what is trained, on which GPU, over which network and how. Fields that mean nothing for the rest of the choice are not shown.

import type { ComponentChildren } from 'preact';
import { gpuNames, gpus, isGpuName } from '../../cluster/gpus.ts';
import { isNetworkName, networkNames } from '../../cluster/networks.ts';
import { clusterAlgorithmNames, isClusterAlgorithmName } from '../../cluster/algorithms/all-algorithms.ts';
import { bucketChoices, groupSizeChoices, serverCountChoices, sigmaChoices, utilisationChoices } from '../../state/cluster-choice.ts';
import type { ClusterState } from '../../state/cluster.ts';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';
import { algorithmTitles, networkTitles } from './cluster-words.ts';
import { formatPercent } from './duration-text.ts';
import { NumberField } from './number-field.tsx';

interface Option {
  readonly value: string;
  readonly text: string;
}

/** All fields. */
export function ClusterFields({ cluster }: { readonly cluster: ClusterState }): preact.JSX.Element {
  const { change } = cluster;
  const choice = cluster.choice.value;
  const subject = cluster.subject.value;
  const gpu = cluster.gpu.value;
  const network = cluster.network.value;
  const isLane = subject.workload === null;
  return (
    <div class="cluster-fields">
      <Field label={t('cluster.subject')} hint={t('cluster.subjectHint')}>
        <select
          aria-label={t('cluster.subject')}
          value={subject.id}
          onChange={(event) => change({ subject: event.currentTarget.value, flopsPerSample: null })}
        >
          {cluster.subjects.value.map(({ id, title, workload }) => (
            <option key={id} value={id}>
              {workload === null ? t('cluster.lane', { lane: title }) : title}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t('cluster.gpu')} hint={t('cluster.gpuHint')}>
        <Choice
          label={t('cluster.gpu')}
          value={gpu}
          options={[
            ...(isLane ? [{ value: 'here', text: t('cluster.gpuHere') }] : []),
            ...gpuNames.map((name) => ({ value: name, text: gpus[name].title })),
          ]}
          onChoose={(value) => change({ gpu: isGpuName(value) ? value : 'here' })}
        />
      </Field>
      {gpu === 'here' ? null : (
        <Field label={t('cluster.utilisation')} hint={t('cluster.utilisationHint')}>
          <Choice
            label={t('cluster.utilisation')}
            value={String(choice.utilisation)}
            options={utilisationChoices.map((share) => ({ value: String(share), text: formatPercent(share) }))}
            onChoose={(value) => change({ utilisation: Number(value) })}
          />
        </Field>
      )}
      {gpu === 'here' || !isLane ? null : (
        <Field label={t('cluster.flops')} hint={t('cluster.flopsHint')}>
          <NumberField
            label={t('cluster.flops')}
            value={cluster.flopsPerSample.value / 1e6}
            isValid={(value) => value > 0}
            onCommit={(value) => change({ flopsPerSample: value * 1e6 })}
          />
        </Field>
      )}
      <Field label={t('cluster.network')} hint={t('cluster.networkHint')}>
        <Choice
          label={t('cluster.network')}
          value={network}
          options={[
            ...networkNames.map((name) => ({ value: name, text: networkTitles[name] })),
            { value: 'own', text: t('cluster.networkOwn') },
          ]}
          onChoose={(value) => {
            if (isNetworkName(value)) change({ network: value });
            else change({ network: 'own', ownNetwork: { ...cluster.setting.value.network } });
          }}
        />
      </Field>
      {network === 'own' ? (
        <>
          <Field label={t('cluster.alpha')} hint={t('cluster.alphaHint')}>
            <NumberField
              label={t('cluster.alpha')}
              value={choice.ownNetwork.alphaSeconds * 1e6}
              isValid={(value) => value >= 0}
              onCommit={(value) => change({ ownNetwork: { ...choice.ownNetwork, alphaSeconds: value / 1e6 } })}
            />
          </Field>
          <Field label={t('cluster.beta')} hint={t('cluster.betaHint')}>
            <NumberField
              label={t('cluster.beta')}
              value={(choice.ownNetwork.bytesPerSecond * 8) / 1e9}
              isValid={(value) => value > 0}
              onCommit={(value) => change({ ownNetwork: { ...choice.ownNetwork, bytesPerSecond: (value * 1e9) / 8 } })}
            />
          </Field>
        </>
      ) : null}
      <Field label={t('cluster.algorithm')} hint={t('cluster.algorithmHint')}>
        <Choice
          label={t('cluster.algorithm')}
          value={choice.algorithm}
          options={clusterAlgorithmNames.map((name) => ({ value: name, text: t(algorithmTitles[name]) }))}
          onChoose={(value) => {
            if (isClusterAlgorithmName(value)) change({ algorithm: value });
          }}
        />
      </Field>
      {choice.algorithm === 'hierarchical' ? (
        <>
          <Field label={t('cluster.group')} hint={t('cluster.groupHint')}>
            <Choice
              label={t('cluster.group')}
              value={String(choice.groupSize)}
              options={groupSizeChoices.map((size) => ({ value: String(size), text: t('cluster.groupOf', { count: size }) }))}
              onChoose={(value) => change({ groupSize: Number(value) })}
            />
          </Field>
          <Field label={t('cluster.fast')} hint={t('cluster.fastHint')}>
            <Choice
              label={t('cluster.fast')}
              value={choice.fastNetwork}
              options={networkNames.map((name) => ({ value: name, text: networkTitles[name] }))}
              onChoose={(value) => {
                if (isNetworkName(value)) change({ fastNetwork: value });
              }}
            />
          </Field>
        </>
      ) : null}
      {choice.algorithm === 'parameter-server' ? (
        <Field label={t('cluster.servers')} hint={t('cluster.serversHint')}>
          <Choice
            label={t('cluster.servers')}
            value={String(choice.serverCount)}
            options={serverCountChoices.map((count) => ({ value: String(count), text: formatCount(count) }))}
            onChoose={(value) => change({ serverCount: Number(value) })}
          />
        </Field>
      ) : null}
      <Field label={t('cluster.bucket')} hint={t('cluster.bucketHint')}>
        <Choice
          label={t('cluster.bucket')}
          value={String(choice.bucketBytes)}
          options={bucketChoices.map((bytes) => ({
            value: String(bytes),
            text: bytes === null ? t('cluster.bucketNone') : `${bytes / 2 ** 20} MiB`,
          }))}
          onChoose={(value) => change({ bucketBytes: value === 'null' ? null : Number(value) })}
        />
      </Field>
      <Field label={t('cluster.straggler')} hint={t('cluster.stragglerHint')}>
        <Choice
          label={t('cluster.straggler')}
          value={String(choice.stragglerSigma)}
          options={sigmaChoices.map((sigma) => ({
            value: String(sigma),
            text: sigma === 0 ? t('cluster.stragglerNone') : `σ = ${formatPercent(sigma)}`,
          }))}
          onChoose={(value) => change({ stragglerSigma: Number(value) })}
        />
      </Field>
      <label class="cluster-check" title={t('cluster.overlapHint')}>
        <input type="checkbox" checked={choice.hasOverlap} onChange={(event) => change({ hasOverlap: event.currentTarget.checked })} />{' '}
        {t('cluster.overlap')}
      </label>
    </div>
  );
}

function Field({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint: string;
  readonly children: ComponentChildren;
}): preact.JSX.Element {
  return (
    <label class="cluster-field" title={hint}>
      <span>{label}</span>
      {children}
    </label>
  );
}

function Choice({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChoose: (value: string) => void;
}): preact.JSX.Element {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
