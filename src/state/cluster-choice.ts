// What somebody chose in the cluster panel, kept in this browser: one record, checked field by field when it is read back, because storage may
// hold what an older page wrote.

import { isClusterAlgorithmName } from '../cluster/algorithms/all-algorithms.ts';
import type { ClusterAlgorithmName } from '../cluster/algorithms/all-algorithms.ts';
import { isGpuName } from '../cluster/gpus.ts';
import type { GpuName } from '../cluster/gpus.ts';
import { defaultNetworkName, isNetworkName, networks } from '../cluster/networks.ts';
import type { Network, NetworkName } from '../cluster/networks.ts';
import { mostRanks } from '../cluster/scaling.ts';
import { isRecord } from '../core/is-record.ts';

export const bucketChoices = [null, 2 ** 20, 5 * 2 ** 20, 25 * 2 ** 20, 100 * 2 ** 20] as const;
export const sigmaChoices = [0, 0.05, 0.1, 0.2, 0.5] as const;
export const utilisationChoices = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] as const;
export const groupSizeChoices = [2, 4, 8, 16, 32, 64] as const;
export const serverCountChoices = [1, 2, 4, 8, 16, 64, 256] as const;

/** The panel's fields. */
export interface ClusterChoice {
  /** `lane:` and a label, or a workload's name; null: what the run offers. */
  readonly subject: string | null;
  /** Null: the lane's own, else the default. */
  readonly network: NetworkName | 'own' | null;
  readonly ownNetwork: Network;
  /** Inside a group. */
  readonly fastNetwork: NetworkName;
  readonly algorithm: ClusterAlgorithmName;
  readonly groupSize: number;
  readonly serverCount: number;
  readonly bucketBytes: number | null;
  readonly hasOverlap: boolean;
  readonly stragglerSigma: number;
  readonly gpu: GpuName | 'here';
  readonly utilisation: number;
  /** Null: six per parameter. */
  readonly flopsPerSample: number | null;
  /** The number of ranks that is looked at closely. */
  readonly ranks: number;
}

const { alphaSeconds, bytesPerSecond } = networks[defaultNetworkName];

/** What the panel shows first: DDP's buckets and overlap, no stragglers, 64 ranks in a ring. */
export const defaultClusterChoice: ClusterChoice = {
  subject: null,
  network: null,
  ownNetwork: { alphaSeconds, bytesPerSecond },
  fastNetwork: 'NVLink',
  algorithm: 'ring',
  groupSize: 8,
  serverCount: 4,
  bucketBytes: 25 * 2 ** 20,
  hasOverlap: true,
  stragglerSigma: 0,
  gpu: 'here',
  utilisation: 0.4,
  flopsPerSample: null,
  ranks: 64,
};

/** A kept choice; whatever is missing or makes no sense is the default's. */
export function readClusterChoice(text: string | null): ClusterChoice {
  const kept = parseRecord(text);
  const known = defaultClusterChoice;
  const oneOf = <Value>(value: unknown, choices: readonly Value[], otherwise: Value): Value =>
    choices.find((choice) => choice === value) ?? (value === null && choices.includes(value as Value) ? (value as Value) : otherwise);
  const own = isRecord(kept['ownNetwork']) ? kept['ownNetwork'] : {};
  return {
    subject: typeof kept['subject'] === 'string' ? kept['subject'] : known.subject,
    network: isNetworkName(kept['network']) || kept['network'] === 'own' ? kept['network'] : known.network,
    ownNetwork: {
      alphaSeconds: isPositive(own['alphaSeconds']) || own['alphaSeconds'] === 0 ? own['alphaSeconds'] : known.ownNetwork.alphaSeconds,
      bytesPerSecond: isPositive(own['bytesPerSecond']) ? own['bytesPerSecond'] : known.ownNetwork.bytesPerSecond,
    },
    fastNetwork: isNetworkName(kept['fastNetwork']) ? kept['fastNetwork'] : known.fastNetwork,
    algorithm: isClusterAlgorithmName(kept['algorithm']) ? kept['algorithm'] : known.algorithm,
    groupSize: oneOf<number>(kept['groupSize'], groupSizeChoices, known.groupSize),
    serverCount: oneOf<number>(kept['serverCount'], serverCountChoices, known.serverCount),
    bucketBytes: oneOf<number | null>(kept['bucketBytes'], bucketChoices, known.bucketBytes),
    hasOverlap: typeof kept['hasOverlap'] === 'boolean' ? kept['hasOverlap'] : known.hasOverlap,
    stragglerSigma: oneOf<number>(kept['stragglerSigma'], sigmaChoices, known.stragglerSigma),
    gpu: isGpuName(kept['gpu']) ? kept['gpu'] : known.gpu,
    utilisation: oneOf<number>(kept['utilisation'], utilisationChoices, known.utilisation),
    flopsPerSample: isPositive(kept['flopsPerSample']) ? kept['flopsPerSample'] : known.flopsPerSample,
    ranks: isPositive(kept['ranks']) && Number.isInteger(kept['ranks']) && kept['ranks'] <= mostRanks ? kept['ranks'] : known.ranks,
  };
}

function parseRecord(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {}; // not ours, or cut off: the defaults are as good
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
