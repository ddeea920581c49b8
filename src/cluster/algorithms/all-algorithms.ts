// The ways to all-reduce that the model knows, by name: those a lane can train with, and two for clusters only.

import type { AllReduceName } from '../../collective/all-reduce.ts';
import type { ClusterAlgorithm } from './algorithm.ts';
import { direct } from './direct.ts';
import { hierarchical } from './hierarchical.ts';
import { naive } from './naive.ts';
import { parameterServer } from './parameter-server.ts';
import { ring } from './ring.ts';
import { tree } from './tree.ts';

export type ClusterAlgorithmName = AllReduceName | 'hierarchical' | 'parameter-server';

export const clusterAlgorithms: Readonly<Record<ClusterAlgorithmName, ClusterAlgorithm>> = {
  direct,
  ring,
  tree,
  naive,
  hierarchical,
  'parameter-server': parameterServer,
};

// The keys of the record above.
export const clusterAlgorithmNames = Object.keys(clusterAlgorithms) as readonly ClusterAlgorithmName[];

/** Whether a text names one of them. */
export function isClusterAlgorithmName(value: unknown): value is ClusterAlgorithmName {
  return typeof value === 'string' && Object.hasOwn(clusterAlgorithms, value);
}
