// A lane as a cluster would run it, for results.json and the command line: the lane's own measured micro-batch and bytes, its own algorithm,
// buckets and local steps, without overlap, as it trained, on a named network.

import { clusterAlgorithms } from './algorithms/all-algorithms.ts';
import { gradientBytes, microBatchSeconds } from './measured-lane.ts';
import type { MeasuredLane } from './measured-lane.ts';
import { networks } from './networks.ts';
import type { NetworkName } from './networks.ts';
import { modelStep } from './step-model.ts';

/** What a model says about a lane; nothing in it was measured but what is said to be. */
export interface ModelledLane {
  readonly kind: 'modelled';
  readonly network: NetworkName;
  readonly alphaSeconds: number;
  readonly bytesPerSecond: number;
  readonly networkSource: string;
  readonly algorithm: string;
  /** Seconds of an all-reduce of S bytes among N ranks. */
  readonly formula: string;
  readonly formulaSource: string;
  /** S: from the bytes that were really sent. */
  readonly gradientBytes: number;
  /** From the measured median step. */
  readonly microBatchMs: number;
  readonly assumptions: readonly string[];
  readonly predictions: readonly {
    readonly worldSize: number;
    readonly modelledStepMs: number;
    readonly modelledCommunicationMs: number;
    readonly modelledSpeedUp: number;
    readonly modelledEfficiency: number;
  }[];
}

const worldSizes = [2, 4, 8, 64, 512, 4096];

/** How a lane exchanges its gradients. */
export interface LaneExchange {
  readonly network: NetworkName;
  readonly bucketBytes: number;
  /** Steps from one exchange to the next: 1, or more for local SGD. */
  readonly localSteps: number;
}

/** The model of a data-parallel lane on a network; null for one rank, and where nothing was measured. */
export function modelLane(lane: MeasuredLane, { network: networkName, bucketBytes, localSteps }: LaneExchange): ModelledLane | null {
  const bytes = gradientBytes(lane);
  if (bytes === null || microBatchSeconds(lane) === 0) return null;
  const { alphaSeconds, bytesPerSecond, source } = networks[networkName];
  const algorithm = clusterAlgorithms[lane.allReduce];
  const network = { alphaSeconds, bytesPerSecond };
  // From one exchange to the next: `localSteps` steps of computing, then all the bytes that were sent in them.
  const setting = {
    algorithm,
    network,
    fastNetwork: network,
    groupSize: 1,
    serverCount: 1,
    microBatchSeconds: microBatchSeconds(lane) * localSteps,
    gradientBytes: bytes * localSteps,
    bucketBytes,
    hasOverlap: false,
    stragglerSigma: 0,
  };
  return {
    kind: 'modelled',
    network: networkName,
    alphaSeconds,
    bytesPerSecond,
    networkSource: source,
    algorithm: algorithm.name,
    formula: algorithm.formula,
    formulaSource: algorithm.source,
    gradientBytes: Math.round(setting.gradientBytes),
    microBatchMs: microBatchSeconds(lane) * 1000,
    assumptions: assumptionsOf(lane, localSteps),
    predictions: [...new Set([...worldSizes, lane.worldSize])]
      .sort((a, b) => a - b)
      .map((worldSize) => {
        const step = modelStep(setting, worldSize);
        return {
          worldSize,
          modelledStepMs: (step.stepSeconds * 1000) / localSteps,
          modelledCommunicationMs: (step.communicationSeconds * 1000) / localSteps,
          modelledSpeedUp: step.speedUp,
          modelledEfficiency: step.efficiency,
        };
      }),
  };
}

function assumptionsOf({ worldSize, communicationMs }: MeasuredLane, localSteps: number): readonly string[] {
  return [
    'every rank has a device like this one to itself and keeps its micro-batch, so that the global batch grows with the ranks',
    communicationMs === null
      ? `one micro-batch takes the median step divided by the ${worldSize} ranks that shared this device, the averaging of gradients included`
      : `one micro-batch takes the median step, less the averaging of gradients, divided by the ${worldSize} ranks that shared this device`,
    localSteps === 1
      ? 'the buckets are reduced after the backward pass, one after the other; additions cost nothing'
      : `everything is exchanged after every ${localSteps} steps, bucket by bucket, and shared out over them; additions cost nothing`,
    'each rank has one full-duplex port, one message at a time in each direction',
  ];
}
