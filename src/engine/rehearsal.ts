// Compiles ahead what most first steps need, on WebGPU and WebGL. A WebGPU pipeline takes its driver 20 to 150 ms on a CPU adapter and a training step has some
// sixty, so a cold first step takes seconds. A replica that waits in the pool takes two steps of a small dense network: the programs of
// matrix products, biases, activations, softmax cross-entropy and Adam are then there. It costs nobody anything: the pool is filled
// while the page is idle, and a replica that is taken stops rehearsing at the next pause.

import { createOptimizer } from './optim/create-optimizer.ts';
import type { Engine } from './engine.ts';
import { tf } from './tf.ts';

const rowCount = 64;
const inputWidth = 2;
const classCount = 3;

/** Runs the rehearsal; `isOver` is asked at each pause. Leaves no tensor behind, and no trace in the names of later layers. */
export async function rehearse(engine: Engine, isOver: () => boolean): Promise<void> {
  if (engine.report.backend === 'cpu') return; // nothing to compile
  const model = buildModel();
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // a LayerVariable reads as its variable
  const optimizer = createOptimizer({ name: 'adam', learningRate: 1e-3 });
  const takeStep = () => {
    tf.tidy(() => {
      const x = tf.tensor(new Float32Array(rowCount * inputWidth).fill(0.5), [rowCount, inputWidth]);
      const y = tf.tensor(new Float32Array(rowCount * classCount).fill(1 / classCount), [rowCount, classCount]);
      const loss = () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, model.apply(x, { training: true }) as tf.Tensor); // one output
      const { grads } = tf.variableGrads(loss, variables);
      optimizer.applyGradients(grads);
    });
  };
  try {
    for (let step = 0; step < 2 && !isOver(); step++) {
      takeStep();
      await engine.sync();
    }
  } finally {
    model.dispose();
    optimizer.dispose();
  }
}

/** Layers with names of their own: unnamed ones would count up the names of the program's layers. */
function buildModel(): tf.LayersModel {
  const layers = [
    tf.layers.dense({ name: 'rehearsal_1', inputShape: [inputWidth], units: 16, activation: 'tanh' }), // (B, 2) -> (B, 16)
    tf.layers.dense({ name: 'rehearsal_2', units: 16, activation: 'tanh' }), // -> (B, 16)
    tf.layers.dense({ name: 'rehearsal_3', units: 16, activation: 'relu' }), // -> (B, 16)
    tf.layers.dense({ name: 'rehearsal_4', units: classCount }), // -> (B, 3)
  ];
  return tf.sequential({ name: 'rehearsal', layers });
}
