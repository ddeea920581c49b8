// α and β of a real transport, from pings, and how far the model is from an all-reduce measured over the same transport.

import { PlaygroundError } from '../core/errors.ts';
import { clusterAlgorithms } from './algorithms/all-algorithms.ts';
import type { ClusterAlgorithmName } from './algorithms/all-algorithms.ts';
import type { Network } from './networks.ts';

/** One way of a message: half a ping. */
export interface PingMeasurement {
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Weighted least squares of seconds = α + bytes/β. Weights are 1/seconds², so that a millisecond too much in a large message does not
 * outweigh every small one. Neither number can be negative: where the best line has α < 0, the best one through 0 is taken; where
 * larger messages do not take longer, β is infinite and α the weighted mean. Throws `config-invalid` unless there are two
 * sizes at least, with positive times.
 */
export function fitAlphaBeta(measurements: readonly PingMeasurement[]): Network {
  const isUsable = measurements.every(
    ({ bytes, seconds }) => bytes >= 0 && Number.isFinite(bytes) && seconds > 0 && Number.isFinite(seconds),
  );
  if (!isUsable || new Set(measurements.map(({ bytes }) => bytes)).size < 2) {
    throw new PlaygroundError(
      'config-invalid',
      `fitAlphaBeta: expected pings of at least two sizes with positive times, got ${JSON.stringify(measurements)}. Measure more sizes.`,
    );
  }
  const sum = (term: (ping: PingMeasurement) => number): number =>
    measurements.reduce((total, ping) => total + term(ping) / ping.seconds ** 2, 0);
  const [w, wx, wy] = [sum(() => 1), sum(({ bytes }) => bytes), sum(({ seconds }) => seconds)];
  const [wxx, wxy] = [sum(({ bytes }) => bytes ** 2), sum(({ bytes, seconds }) => bytes * seconds)];
  const slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  if (slope <= 0) return { alphaSeconds: wy / w, bytesPerSecond: Number.POSITIVE_INFINITY };
  const alphaSeconds = (wy - slope * wx) / w;
  if (alphaSeconds < 0) return { alphaSeconds: 0, bytesPerSecond: wxx / wxy };
  return { alphaSeconds, bytesPerSecond: 1 / slope };
}

/** An all-reduce that was measured. */
export interface AllReduceMeasurement {
  readonly algorithm: Exclude<ClusterAlgorithmName, 'hierarchical' | 'parameter-server'>;
  readonly worldSize: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** What the model says of a measured all-reduce over a network: its seconds, and `modelled / measured − 1`. */
export function modelErrorOf(
  measured: AllReduceMeasurement,
  network: Network,
): { readonly modelledSeconds: number; readonly relativeError: number } {
  const { algorithm, worldSize, bytes, seconds } = measured;
  const task = { worldSize, bytes, network, fastNetwork: network, groupSize: 1, serverCount: 1 };
  const modelledSeconds = clusterAlgorithms[algorithm].seconds(task);
  return { modelledSeconds, relativeError: modelledSeconds / seconds - 1 };
}
