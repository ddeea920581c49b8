// The module that programs import as 'lockstep/lab': tools for judging and understanding a model.

export { accuracy, confusionMatrix } from './classification.ts';
export { knownWordShare } from './words.ts';
