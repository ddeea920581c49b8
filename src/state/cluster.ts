// The cluster it would be: what is put on it, what was chosen, and everything that follows. Nothing here is stored but the choices; the rest is
// derived, and only while somebody looks.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { clusterAlgorithmNames, clusterAlgorithms } from '../cluster/algorithms/all-algorithms.ts';
import type { ClusterAlgorithmName } from '../cluster/algorithms/all-algorithms.ts';
import type { GpuName } from '../cluster/gpus.ts';
import { defaultNetworkName, networks } from '../cluster/networks.ts';
import type { NetworkName } from '../cluster/networks.ts';
import { modelScaling } from '../cluster/scaling.ts';
import type { Scaling } from '../cluster/scaling.ts';
import { simulateAllReduce } from '../cluster/simulate.ts';
import type { StepSetting } from '../cluster/step-model.ts';
import { readClusterChoice } from './cluster-choice.ts';
import type { ClusterChoice } from './cluster-choice.ts';
import { listSubjects, subjectSeconds } from './cluster-subject.ts';
import type { ClusterSubject } from './cluster-subject.ts';
import type { RunState } from './run.ts';
import type { PageStorage } from './storage.ts';

/** One all-reduce of all gradients, one way to do it. */
export interface AlgorithmCost {
  readonly name: ClusterAlgorithmName;
  readonly formula: string;
  readonly seconds: number;
}

/** The chosen all-reduce by its formula and by a simulation of its messages. */
export interface ModelCheck {
  readonly worldSize: number;
  readonly modelledSeconds: number;
  readonly simulatedSeconds: number;
}

/** The panel's state. */
export interface ClusterState {
  readonly choice: ReadonlySignal<ClusterChoice>;
  /** Changes some fields and keeps them. */
  change(fields: Partial<ClusterChoice>): void;
  readonly subjects: ReadonlySignal<readonly ClusterSubject[]>;
  readonly subject: ReadonlySignal<ClusterSubject>;
  /** Where the micro-batch's time comes from: `here` is measured, a GPU's name assumed. */
  readonly gpu: ReadonlySignal<GpuName | 'here'>;
  readonly flopsPerSample: ReadonlySignal<number>;
  readonly network: ReadonlySignal<NetworkName | 'own'>;
  readonly setting: ReadonlySignal<StepSetting>;
  readonly scaling: ReadonlySignal<Scaling>;
  /** Every algorithm among the ranks that are looked at. */
  readonly costs: ReadonlySignal<readonly AlgorithmCost[]>;
  readonly check: ReadonlySignal<ModelCheck>;
}

const storageKey = 'cluster';
/** A ring among more takes the simulation longer than a page should think. */
const mostSimulatedRanks = 64;

/** Creates the panel's state with what was kept. */
export function createCluster(run: RunState, storage: PageStorage): ClusterState {
  const choice = signal(readClusterChoice(storage.read(storageKey)));
  const subjects = computed(() => listSubjects(run.lanes.value, run.declaration.value?.globalBatch ?? null));
  const subject = computed((): ClusterSubject => {
    const [first] = subjects.value;
    const chosen = subjects.value.find(({ id }) => id === choice.value.subject) ?? first;
    if (chosen === undefined) throw new Error('cluster: expected at least the published models, got no subject.');
    return chosen;
  });
  const microBatch = computed(() => {
    const { gpu, utilisation, flopsPerSample } = choice.value;
    return subjectSeconds(subject.value, gpu, utilisation, flopsPerSample);
  });
  const network = computed(() => choice.value.network ?? subject.value.network ?? defaultNetworkName);
  const setting = computed((): StepSetting => {
    const { ownNetwork, fastNetwork, algorithm, groupSize, serverCount, bucketBytes, hasOverlap, stragglerSigma } = choice.value;
    return {
      algorithm: clusterAlgorithms[algorithm],
      network: network.value === 'own' ? ownNetwork : networks[network.value],
      fastNetwork: networks[fastNetwork],
      groupSize,
      serverCount,
      microBatchSeconds: microBatch.value.seconds,
      gradientBytes: subject.value.gradientBytes,
      bucketBytes,
      hasOverlap,
      stragglerSigma,
    };
  });
  const taskAt = (worldSize: number) => ({ ...setting.value, worldSize, bytes: 4 * Math.round(setting.value.gradientBytes / 4) });

  return {
    choice,
    change(fields) {
      choice.value = { ...choice.value, ...fields };
      storage.write(storageKey, JSON.stringify(choice.value));
    },
    subjects,
    subject,
    gpu: computed(() => microBatch.value.gpu),
    flopsPerSample: computed(() => microBatch.value.flopsPerSample),
    network,
    setting,
    scaling: computed(() => modelScaling(setting.value)),
    costs: computed(() =>
      clusterAlgorithmNames.map((name) => {
        const { formula, seconds } = clusterAlgorithms[name];
        return { name, formula, seconds: seconds(taskAt(choice.value.ranks)) };
      }),
    ),
    check: computed(() => checkOf(setting.value, choice.value.ranks)),
  };

  /** The simulation knows only full groups: as many ranks as fill them. */
  function checkOf({ algorithm, groupSize }: StepSetting, ranks: number): ModelCheck {
    const few = Math.min(ranks, mostSimulatedRanks);
    const isRagged = algorithm.name === 'hierarchical' && few > groupSize;
    const worldSize = Math.max(2, isRagged ? few - (few % groupSize) : few);
    const task = taskAt(worldSize);
    return { worldSize, modelledSeconds: algorithm.seconds(task), simulatedSeconds: simulateAllReduce(algorithm, task) };
  }
}
