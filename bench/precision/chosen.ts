// What is measured where `--only` names parts of it, separated by commas.

import type { ModelName } from '../training-step/model-names.ts';
import { opNames } from './op-names.ts';

/** A perceptron, a convolutional net, a transformer. */
const models: readonly ModelName[] = ['mlp', 'cnn', 'transformer'];

/** Models whose name contains one of the parts; all for null. */
export function chosenModels(only: string | null): readonly ModelName[] {
  return models.filter((model) => isChosen(model, only));
}

/** Ops likewise. */
export function chosenOps(only: string | null, isSoftware: boolean): readonly string[] {
  return opNames(isSoftware).filter((name) => isChosen(name, only));
}

function isChosen(name: string, only: string | null): boolean {
  return only === null || only.split(',').some((part) => name.includes(part));
}
