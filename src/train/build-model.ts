// Makes a rank's model and checks it against the data, so that a wrong width is a sentence about the model and not a stack trace
// from inside a kernel.

import { PlaygroundError } from '../core/errors.ts';
import { tf } from '../engine/tf.ts';
import type { Experiment } from './experiment.ts';

/** The model and its trainable variables, built for rows of this shape. Throws `program-invalid` or `shape-mismatch`. */
export async function buildModel(
  spec: Experiment,
  rowShape: readonly number[],
): Promise<{ readonly model: tf.LayersModel; readonly variables: readonly tf.Variable[] }> {
  const model: unknown = await spec.model();
  if (!(model instanceof tf.LayersModel)) {
    throw invalid(
      `model: expected a tf.LayersModel, got ${describe(model)}. Return tf.sequential({ layers: […] }) or tf.model({ inputs, outputs }).`,
    );
  }
  if (!model.built) model.build([null, ...rowShape]);
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw invalid(
      `model: expected one input and one output, got ${model.inputs.length} and ${model.outputs.length}. Write several with program(…) and your own loop.`,
    );
  }
  checkInput(model.inputs[0]?.shape ?? [], rowShape);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // a LayerVariable reads as its variable
  if (variables.length === 0)
    throw invalid('model: it has no trainable weights, so there is nothing to train. Add a layer, or unfreeze one.');
  return { model, variables };
}

/** A note for the console where a softmax output meets a loss that applies softmax itself; null where all is well. */
export function doubleSoftmaxNote(spec: Experiment, model: tf.LayersModel): string | null {
  const last = model.layers.at(-1);
  const activation = last?.getConfig()['activation'];
  if (spec.loss !== 'softmaxCrossEntropy' || activation !== 'softmax') return null;
  return `loss: softmaxCrossEntropy takes logits, and the last layer (${last?.name ?? ''}) already applies softmax. Leave its activation out; as it stands the model learns more slowly.`;
}

function checkInput(inputShape: readonly (number | null)[], rowShape: readonly number[]): void {
  const expected = inputShape.slice(1);
  const fits = expected.length === rowShape.length && expected.every((size, axis) => size === null || size === rowShape[axis]);
  if (fits) return;
  throw new PlaygroundError(
    'shape-mismatch',
    `model: its input is [${['batch', ...expected.map((size) => size ?? 'any')].join(', ')}], one sample of the data is [${rowShape.join(', ')}]. Set inputShape: [${rowShape.join(', ')}] on the first layer, or reshape the data.`,
    { place: 'model', model: expected, data: rowShape },
  );
}

function invalid(message: string): PlaygroundError {
  return new PlaygroundError('program-invalid', message, { place: 'model' });
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing: is a return missing?';
  if (value === null) return 'null';
  return typeof value === 'object' ? `an object of class ${value.constructor.name}` : typeof value;
}
