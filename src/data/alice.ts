// "Alice's Adventures in Wonderland" (Lewis Carroll, 1865), character by character: windows of the text, and for each of their characters the
// one that follows. The first nine tenths are to train on, the rest to test. Where the text comes from: public/datasets/README.md.

import { tf } from '../engine/tf.ts';
import { checkOptions } from './check-options.ts';
import { readDatasetBytes } from './dataset-source.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';

/** How to cut the text. */
export interface AliceOptions {
  /** Characters in a window, 1 to 1,024; 64 where absent. */
  readonly context?: number;
  /** Characters from the beginning of one training window to the next, 1 to 1,024; 8 where absent. Test windows never overlap. */
  readonly stride?: number;
}

/** Windows of a text. `x` and `y` are (windows, context): indices of characters, in `y` those that follow. */
export interface TextDataset extends Dataset {
  readonly test: DatasetSplit;
  /** The characters that occur, in the order of their codes; an index into it is what `x` and `y` hold. */
  readonly characters: readonly string[];
  readonly text: string;
}

const fileName = 'alice.txt';
const trainShare = 0.9;

/** The text in windows. Rejects with `data-invalid` for options that make no sense. */
export async function alice(options: AliceOptions = {}): Promise<TextDataset> {
  const { context, stride } = checkOptions('datasets.alice', options, {
    context: { standard: 64, least: 1, most: 1024 },
    stride: { standard: 8, least: 1, most: 1024 },
  });
  const text = new TextDecoder().decode(await readDatasetBytes(fileName));
  const characters = [...new Set(text)].sort();
  const indexOf = new Map(characters.map((character, index) => [character, index]));
  const indices = Float32Array.from(text, (character) => indexOf.get(character) ?? 0);
  const trainSize = Math.floor(indices.length * trainShare);
  return {
    train: windowsOf(indices.subarray(0, trainSize), context, stride),
    test: windowsOf(indices.subarray(trainSize), context, context),
    characters,
    text,
  };
}

/** Every window that has a character after its last. */
function windowsOf(indices: Float32Array, context: number, stride: number): DatasetSplit {
  const count = Math.floor((indices.length - 1 - context) / stride) + 1;
  const cut = (offset: number) => {
    const values = new Float32Array(count * context);
    for (let row = 0; row < count; row++)
      values.set(indices.subarray(row * stride + offset, row * stride + offset + context), row * context);
    return tf.tensor(values, [count, context]);
  };
  return { x: cut(0), y: cut(1) };
}
