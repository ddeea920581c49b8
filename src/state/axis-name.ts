// The names of the x axes. Apart from what they are made of (chart-axis.ts), because the page knows them before any chart is loaded.

/** `time`: measured seconds of training, in the lane's own turns. `modelled`: seconds on a cluster. `bytes`: sent by rank 0. */
export const axisNames = ['step', 'samples', 'epochs', 'time', 'modelled', 'bytes'] as const;
export type AxisName = (typeof axisNames)[number];
