// The training step as the replica will take it, for tests: gradients inside autocast, optimizer outside, one read per step.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { GpuBytes } from '../../../src/core/device-report.ts';
import { measureStep } from '../../../src/engine/gpu-bytes.ts';
import { optimizerSlots } from '../../../src/engine/optim/slots.ts';
import { GradScaler } from '../../../src/engine/precision/grad-scaler.ts';
import { foundInf } from '../../../src/engine/precision/finite-check.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createBatches, type TestModel } from './models.ts';

export interface TrainedSteps {
  readonly losses: readonly number[];
  readonly bytes: readonly (GpuBytes | null)[];
  /** tfjs's own tensor count after each step. */
  readonly tensorCounts: readonly number[];
  /** Bytes that tensors still hold after each step. */
  readonly liveBytes: readonly number[];
  readonly scaler: GradScaler;
}

/** Trains for some steps, over so many batches again and again. In fp16 with dynamic loss scaling, as torch does it. */
export async function trainSteps(
  engine: Engine,
  model: TestModel,
  precision: 'fp32' | 'fp16',
  stepCount: number,
  batchSize: number,
  batchCount = stepCount,
): Promise<TrainedSteps> {
  const { tf } = engine;
  const scaler = new GradScaler(engine);
  const variables = [...model.variables];
  const losses: number[] = [];
  const bytes: (GpuBytes | null)[] = [];
  const tensorCounts: number[] = [];
  const liveBytes: number[] = [];
  const batches = createBatches(batchCount, batchSize);
  for (let step = 0; step < stepCount; step++) {
    const { x, y } = batches[step % batchCount] ?? { x: new Float32Array(0), y: new Float32Array(0) };
    const data = [tf.tensor(x, [batchSize, 784]), tf.tensor(y, [batchSize, 10])] as const;
    const measured = await measureStep(
      engine,
      () => ({ weights: variables, optimizer: optimizerSlots(model.optimizer), data }),
      () => (precision === 'fp32' ? stepInF32(engine, model, variables, data) : stepInF16(engine, model, variables, data, scaler)),
    );
    losses.push(measured.result);
    bytes.push(measured.bytes);
    tf.dispose([...data]);
    await engine.sync();
    tensorCounts.push(tf.memory().numTensors);
    liveBytes.push(engine.ledger?.liveBytes ?? 0);
  }
  return { losses, bytes, tensorCounts, liveBytes, scaler };
}

async function stepInF32(engine: Engine, model: TestModel, variables: Variable[], [x, y]: readonly [Tensor, Tensor]): Promise<number> {
  const { tf } = engine;
  const loss = tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => model.loss(x, y), variables);
    model.optimizer.applyGradients(grads);
    return value;
  });
  const [result = NaN] = await loss.data();
  loss.dispose();
  return result;
}

async function stepInF16(
  engine: Engine,
  model: TestModel,
  variables: Variable[],
  [x, y]: readonly [Tensor, Tensor],
  scaler: GradScaler,
): Promise<number> {
  const { tf } = engine;
  const { value, grads } = tf.tidy(() => engine.autocast(() => tf.variableGrads(() => scaler.scale(model.loss(x, y)), variables)));
  const flag = foundInf(engine, Object.values(grads));
  const [[isInf = NaN], [scaled = NaN]] = await Promise.all([flag.data(), value.data()]);
  const result = scaled / scaler.state.scale;
  if (isInf === 0) tf.tidy(() => model.optimizer.applyGradients(scaler.unscale(grads)));
  scaler.update(isInf !== 0);
  tf.dispose([flag, value, ...Object.values(grads)]);
  return result;
}
