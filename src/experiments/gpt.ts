// A language model that learns to write
//
// A small transformer reads "Alice's Adventures in Wonderland" in windows of 64 characters and guesses, at each of them, the next one. From time
// to time it writes: it draws a character from its own guess, reads it as the next, and so on. Look at "Shown".

import * as tf from '@tensorflow/tfjs';
import { attention, datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane, ClaimResults, TextDataset } from 'lockstep';

const context = 64; // T: characters that it sees
const width = 64; // C: numbers that stand for a character
const heads = 4;
const blocks = 2;
const temperature = 0.7; // below 1 it prefers what it thinks likely

let book: TextDataset;

/** Every position may look back at those before it. No weights of its own. */
class CausalAttention extends tf.layers.Layer {
  static readonly className = 'CausalAttention';
  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]) {
    return inputShape[0] as tf.Shape; // of queries, keys and values alike
  }
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    const [queries, keys, values] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor]; // (B, T, C) each
    return attention(queries, keys, values, { heads, causal: true });
  }
}

/** Adds a learned vector to each position, the same in every window. */
class Positions extends tf.layers.Layer {
  static readonly className = 'Positions';
  private vectors: tf.LayerVariable | null = null;
  override build(inputShape: tf.Shape | tf.Shape[]) {
    this.vectors = this.addWeight('vectors', (inputShape as tf.Shape).slice(1), 'float32', tf.initializers.randomUniform({}));
    super.build(inputShape);
  }
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    const [x = 0] = [inputs].flat();
    return tf.add(x, this.vectors?.read() ?? 0); // (B, T, C) + (T, C)
  }
}

type Signal = tf.SymbolicTensor;
const dense = (units: number, x: Signal, activation?: 'gelu') =>
  tf.layers.dense(activation ? { units, activation } : { units }).apply(x) as Signal;
const norm = (x: Signal) => tf.layers.layerNormalization({ epsilon: 1e-5 }).apply(x) as Signal;
const add = (x: Signal, y: Signal) => tf.layers.add().apply([x, y]) as Signal;

function transformer(): tf.LayersModel {
  const characters = tf.input({ shape: [context] }); // (B, T)
  const embedded = tf.layers.embedding({ inputDim: book.characters.length, outputDim: width }).apply(characters);
  let x = new Positions({}).apply(embedded) as Signal; // (B, T, C)
  for (let block = 0; block < blocks; block++) {
    const seen = norm(x);
    const gathered = new CausalAttention({}).apply([dense(width, seen), dense(width, seen), dense(width, seen)]) as Signal;
    x = add(x, dense(width, gathered));
    x = add(x, dense(width, dense(4 * width, norm(x), 'gelu')));
  }
  return tf.model({ inputs: characters, outputs: dense(book.characters.length, norm(x)) }); // -> (B, T, characters), logits
}

/** Four passages of so many characters, one character at a time, each drawn from what the model expects after those before it. */
async function write(model: tf.LayersModel, length: number): Promise<string[]> {
  const passages = Array.from({ length: 4 }, () => [book.characters.indexOf('\n')]);
  for (let written = 0; written < length; written++) {
    const windows = passages.map((passage) => passage.slice(-context));
    const last = Math.min(written, context - 1);
    const logits = tf.tidy(() => {
      const padded = windows.map((window) => [...window, ...Array<number>(context - window.length).fill(0)]); // it cannot see ahead
      return (model.apply(tf.tensor2d(padded)) as tf.Tensor3D).slice([0, last, 0], [-1, 1, -1]).div(temperature).softmax();
    });
    const chances = await logits.data();
    logits.dispose();
    passages.forEach((passage, row) => passage.push(draw(chances.subarray(row * book.characters.length))));
  }
  return passages.map((passage) =>
    passage
      .map((index) => book.characters[index])
      .join('')
      .slice(1),
  );
}

/** An index, drawn with these chances. */
function draw(chances: ArrayLike<number>): number {
  let left = Math.random();
  for (let index = 0; index < book.characters.length; index++) if ((left -= chances[index] ?? 0) < 0) return index;
  return 0;
}

/** Words in small letters; the last one may have been cut off and does not count. */
const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^a-z]+/)
    .slice(0, -1)
    .filter((word) => word !== '');

export default experiment({
  title: 'A small GPT that reads Alice',
  seed: 1,
  data: async () => (book = await datasets.alice({ context, stride: 8 })),
  model: transformer,
  loss: 'sparseSoftmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 3e-3 },
  globalBatch: 16,
  steps: 800,
  evalEvery: 100,
  afterEval: async ({ model, isLast, show }) => {
    const passages = await write(model, tf.getBackend() === 'cpu' ? 20 : isLast ? 250 : 50);
    show.text(passages.join('\n\n* * *\n\n'), 'what it writes');
    const known = new Set(wordsOf(book.text));
    const words = passages.flatMap(wordsOf);
    return { wordsInBook: words.filter((word) => known.has(word)).length / words.length };
  },
  onCpu: { steps: 40, globalBatch: 4, evalEvery: 20 }, // a look at it, no more
  lanes: ['1xfp32', '1xfp16'],
});

export const card: Card = {
  id: 'gpt',
  group: 'start',
  seconds: 300,
  tier: 'long',
  title: { en: 'A small GPT that learns to write', zh: '学习写作的小型 GPT' },
  question: {
    en: 'A transformer reads 130,000 characters of “Alice” and only ever guesses the next one. Does it learn words that nobody told it of?',
    zh: '一个 Transformer 读了《爱丽丝》的 13 万个字符，只做一件事：猜下一个字符。它能学会没有人教过的单词吗？',
  },
  usualAnswer: {
    en: 'Not in minutes and in a browser: language models need data centres.',
    zh: '在浏览器里几分钟不可能：语言模型需要数据中心。',
  },
  claim: {
    en: 'Most of the words it writes occur in the book, spelled right, after minutes. What it writes makes no sense: that is what size and data are for.',
    zh: '几分钟后，它写出的单词大多出现在书中，拼写正确。但内容没有意义：规模和数据正是为此而需要的。',
  },
  lookAt: {
    en: '“What it writes” under “Shown”, while it learns: first letters, then lengths of words, then words. And the test loss, on the last tenth of the book, which it never trains on.',
    zh: '看“展示”里的 what it writes：先是字母，然后是单词的长度，再是单词。还有测试损失：取自它从未训练过的书末十分之一。',
  },
  misconception: {
    en: 'A falling loss is not understanding. It has seen one book seven times over; with more steps it learns the book by heart, and the test loss rises.',
    zh: '损失下降不等于理解。它只把一本书看了好几遍；再训练下去就会背书，测试损失反而上升。',
  },
};

const lossOf = ({ final }: ClaimLane): number => final['testLoss'] ?? NaN;

/** What holds for a whole run; the preset for the CPU is too short to tell. */
const whole = (results: ClaimResults, holds: (full: ClaimLane, half: ClaimLane) => boolean) =>
  results.manifest.preset === 'cpu' ? null : withLanes(results, ['1xfp32', '1xfp16'], holds);

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'At least 70 of 100 words in the 1,000 characters that it writes at the end occur in the book.',
      zh: '最后写出的 1,000 个字符中，至少 70 % 的单词出现在书中。',
    },
    holds: (results) => whole(results, (...lanes) => lanes.every(({ final }) => (final['wordsInBook'] ?? 0) >= 0.7)),
  },
  {
    text: {
      en: 'It predicts better than counts of two letters in a row, which reach a test loss of 2.45.',
      zh: '它的预测优于统计连续两个字符的频次（测试损失 2.45）。',
    },
    holds: (results) => whole(results, (...lanes) => lanes.every((lane) => lossOf(lane) < 2.45)),
  },
  {
    text: {
      en: 'FP16 costs at most 0.05 of test loss.',
      zh: 'FP16 最多使测试损失增加 0.05。',
    },
    holds: (results) => whole(results, (full, half) => lossOf(half) <= lossOf(full) + 0.05),
  },
];
