// The smallest program that learns something: one dense layer on the iris flowers.

/** Its text; `rate` as it stands in the program. */
export function irisProgram(rate: string, steps: number, lanes: readonly string[]): string {
  return `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'Iris',
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: ${rate} },
  globalBatch: 120,
  steps: ${steps},
  lanes: [${lanes.map((lane) => `'${lane}'`).join(', ')}],
});
`;
}
