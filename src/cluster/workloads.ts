// Models that everybody knows, for a cluster to be looked at before anything has run here: how many values their gradients have, and how
// many operations a sample costs. Both are published; what a GPU makes of them is assumed.

export const workloadNames = ['resnet50', 'gpt2'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** One model and one GPU's share of a batch. */
export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  readonly parameterCount: number;
  /** Operations of forward and backward over one sample; a multiplication and an addition count as two. */
  readonly flopsPerSample: number;
  readonly samplesPerMicroBatch: number;
  readonly source: string;
}

/** The backward pass costs twice the forward pass: gradients by the inputs and by the weights. */
const forwardAndBackward = 3;

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  resnet50: {
    name: 'resnet50',
    title: 'ResNet-50',
    parameterCount: 25_557_032,
    flopsPerSample: forwardAndBackward * 2 * 4.09e9,
    samplesPerMicroBatch: 32,
    source: 'torchvision, resnet50: 25,557,032 parameters, 4.09 G multiply-adds at 224 × 224',
  },
  gpt2: {
    name: 'gpt2',
    title: 'GPT-2 small',
    parameterCount: 124_439_808,
    flopsPerSample: 6 * 124_439_808 * 1024,
    samplesPerMicroBatch: 8,
    source: 'Radford et al., 2019: 124 M parameters, 1,024 tokens; 6 operations per parameter and token (Kaplan et al., 2020)',
  },
};

/** Operations of a dense layer's forward and backward per parameter and sample: what is assumed where nobody counted. */
export const flopsPerParameter = 6;
