// The programs of the models: as a user writes them, one file each, so that the page's own lanes and the bare loops run the same text.

import type { Experiment } from '../../src/train/experiment.ts';
import type { ModelName } from './model-names.ts';

const programs = import.meta.glob<Experiment>('./models/*.ts', { import: 'default' });

/** The program of a model. Throws where there is none. */
export async function programOf(model: ModelName): Promise<Experiment> {
  const load = programs[`./models/${model}.ts`];
  if (load === undefined) throw new Error(`bench: expected a program for ${model}, got none.`);
  return load();
}
