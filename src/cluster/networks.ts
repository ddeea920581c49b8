// Networks as Hockney's two numbers ("The communication challenge for MPP", 1994): a message of n bytes takes α + n/β seconds, α
// being what even an empty one costs and β the bytes a second of one direction of one full-duplex port. The presets are typical, not a
// product's promise: each says where its numbers come from, and whoever knows better types their own.

import { PlaygroundError } from '../core/errors.ts';

export const networkNames = ['NVLink', 'PCIe', '100GbE', '25GbE', '10GbE', 'WiFi', '4G'] as const;
export type NetworkName = (typeof networkNames)[number];

/** α and β of one link. */
export interface Network {
  readonly alphaSeconds: number;
  readonly bytesPerSecond: number;
}

/** A network with a name and the origin of its numbers. */
export interface NetworkPreset extends Network {
  readonly name: NetworkName;
  readonly source: string;
}

const bitsPerByte = 8;
/** Payload of a full frame over everything it takes on the wire: 1,500 − 40 bytes of IP and TCP, of 1,500 + 14 + 4 + 8 + 12 (IEEE 802.3). */
const ethernetPayloadShare = 1460 / 1538;
const ethernet = (gigabits: number): number => (gigabits * 1e9 * ethernetPayloadShare) / bitsPerByte;

/** What a lane is modelled on where nobody chose a network. */
export const defaultNetworkName: NetworkName = '10GbE';

export const networks: Readonly<Record<NetworkName, NetworkPreset>> = {
  NVLink: {
    name: 'NVLink',
    alphaSeconds: 3.4e-6,
    bytesPerSecond: 18 * 20.6e9,
    source: 'NVLink 4 of an H100: 18 links of 20.6 GB/s and 3.4 µs a hop, as NCCL models them (graph/topo.h, graph/tuning.cc, NCCL 2.21)',
  },
  PCIe: {
    name: 'PCIe',
    alphaSeconds: 5.7e-6,
    bytesPerSecond: 24e9,
    source: 'PCIe 4.0 ×16: twice NCCL’s 12 GB/s for 3.0 ×16, and 5.7 µs a hop (graph/topo.h, graph/tuning.cc, NCCL 2.21)',
  },
  '100GbE': {
    name: '100GbE',
    alphaSeconds: 14e-6,
    bytesPerSecond: ethernet(100),
    source: '100 Gbit/s less the headers of full Ethernet frames; 14 µs a hop, as NCCL models a network (graph/tuning.cc, NCCL 2.21)',
  },
  '25GbE': {
    name: '25GbE',
    alphaSeconds: 30e-6,
    bytesPerSecond: ethernet(25),
    source: '25 Gbit/s less the headers of full Ethernet frames; 30 µs one way through the kernel’s TCP, assumed',
  },
  '10GbE': {
    name: '10GbE',
    alphaSeconds: 50e-6,
    bytesPerSecond: ethernet(10),
    source: '10 Gbit/s less the headers of full Ethernet frames; 50 µs one way through the kernel’s TCP, assumed',
  },
  WiFi: {
    name: 'WiFi',
    alphaSeconds: 2e-3,
    bytesPerSecond: 0.5 * 0.6 * (866.7e6 / bitsPerByte),
    source:
      'IEEE 802.11ac, 80 MHz, two streams: 866.7 Mbit/s, of which 60 % get through and half go each way; 2 ms one way, assumed. Stations also share the air, which this model does not charge',
  },
  '4G': {
    name: '4G',
    alphaSeconds: 27e-3,
    bytesPerSecond: 6.3e6 / bitsPerByte,
    source: 'Opensignal, State of Mobile: USA, May 2019: 6.3 Mbit/s up, a round trip of 44 to 66 ms, half of it one way',
  },
};

/** Whether a text names a preset. */
export function isNetworkName(value: unknown): value is NetworkName {
  return typeof value === 'string' && (networkNames as readonly string[]).includes(value);
}

/** Seconds of one message of `bytes` between two idle ports. */
export function messageSeconds(network: Network, bytes: number): number {
  return network.alphaSeconds + bytes / network.bytesPerSecond;
}

/** Checks numbers somebody typed. Throws `config-invalid` unless α ≥ 0 and β > 0, both finite. */
export function parseNetwork({ alphaSeconds, bytesPerSecond }: Network, place = 'network'): Network {
  if (!(Number.isFinite(alphaSeconds) && alphaSeconds >= 0)) {
    throw invalid(`${place}.alphaSeconds`, 'expected seconds per message, 0 or more', alphaSeconds);
  }
  if (!(Number.isFinite(bytesPerSecond) && bytesPerSecond > 0)) {
    throw invalid(`${place}.bytesPerSecond`, 'expected bytes per second, more than 0', bytesPerSecond);
  }
  return { alphaSeconds, bytesPerSecond };
}

function invalid(place: string, expectation: string, got: number): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: ${expectation}, got ${got}.`, { place });
}
