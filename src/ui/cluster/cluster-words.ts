// Names of algorithms and networks on screen; they are names everywhere, but two of them are words.

import type { ClusterAlgorithmName } from '../../cluster/algorithms/all-algorithms.ts';
import type { NetworkName } from '../../cluster/networks.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';

export const algorithmTitles = {
  direct: 'cluster.direct',
  ring: 'cluster.ring',
  tree: 'cluster.tree',
  naive: 'cluster.naive',
  hierarchical: 'cluster.hierarchical',
  'parameter-server': 'cluster.parameterServer',
} as const satisfies Record<ClusterAlgorithmName, PlainKey>;

export const networkTitles: Readonly<Record<NetworkName, string>> = {
  NVLink: 'NVLink',
  PCIe: 'PCIe',
  '100GbE': '100 GbE',
  '25GbE': '25 GbE',
  '10GbE': '10 GbE',
  WiFi: 'Wi-Fi',
  '4G': '4G',
};
