// The module that programs import as 'lockstep'. Its declarations are what the editor completes and what `tsc` checks the
// experiments against.

export { datasets } from '../data/datasets.ts';
export type { Dataset, DatasetSplit } from '../data/dataset.ts';
export { withStepOptions } from '../engine/optim/create-optimizer.ts';
export type { OptimizerSpec } from '../engine/optim/optimizer-spec.ts';
export type { ScheduleName } from '../engine/optim/schedule.ts';
export type { StepOptions } from '../engine/optim/step-options.ts';
export type { TextDataset } from '../data/alice.ts';
export { layers } from '../engine/layers/layers.ts';
export { attention } from '../engine/ops/attention.ts';
export { gelu } from '../engine/ops/gelu.ts';
export { layerNorm } from '../engine/ops/layer-norm.ts';
export { experiment } from './experiment.ts';
export type { AfterEval, EvalView, ExperimentSpec } from './experiment.ts';
export { program } from './program.ts';
export { pure } from './pure.ts';
export type { ProgramSpec } from './program.ts';
export { withLanes } from './claim-results.ts';
export type { ClaimLane, ClaimResults } from './claim-results.ts';
export type { Card, Claim } from './card.ts';
export type { Amp, Dist, LossScaler, ProgramContext, Show } from './context.ts';
export type { Precision } from '../core/precision/precision-modes.ts';
export type { LaneSpec } from './lane.ts';
export type { LossScaleMode } from './lane-options.ts';
export type { LossFunction, LossName } from './loss.ts';
