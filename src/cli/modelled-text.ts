// What a model says of a lane on a cluster, one line: it must not be mistaken for the table of measurements above it.

import type { ModelledLane } from '../cluster/lane-model.ts';
import { megabytes } from './number-text.ts';

const printedWorldSizes = [64, 4096];

/** Speed-ups with the lane's own number of ranks, with 64 and with 4,096, and the formula behind them. */
export function modelledLine(label: string, ownWorldSize: number, modelled: ModelledLane): string {
  const { algorithm, network, formula, gradientBytes, predictions } = modelled;
  const worldSizes = new Set([ownWorldSize, ...printedWorldSizes]);
  const speedUps = predictions
    .filter(({ worldSize }) => worldSizes.has(worldSize))
    .map(({ worldSize, modelledSpeedUp }) => `×${Number(modelledSpeedUp.toPrecision(3))} with ${worldSize} ranks`);
  const how = `a device like this one per rank, ${algorithm} all-reduce in ${formula}, S = ${megabytes(gradientBytes)} MB`;
  return `Modelled, not measured: ${label} over ${network}: ${speedUps.join(', ')} (${how}).`;
}
