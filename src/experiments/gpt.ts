// A language model that learns to write
//
// A small transformer reads "Alice's Adventures in Wonderland" in windows of 32 characters and guesses, at each of them, the next one. From time
// to time it writes: it draws a character from its own guess, reads it as the next, and so on. Look at "Shown".

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, layers, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane, ClaimResults, TextDataset } from 'lockstep';
import { knownWordShare } from 'lockstep/lab';

const context = 32; // T: characters that it sees
const width = 64; // C: numbers that stand for a character
const heads = 4;
const blocks = 2;
const beginning = 'Alice ';
const temperature = 0.7; // below 1 it prefers what it thinks likely

let book: TextDataset;

type Signal = tf.SymbolicTensor;
const dense = (units: number, x: Signal, activation: 'gelu' | 'linear' = 'linear') =>
  tf.layers.dense({ units, activation }).apply(x) as Signal;
const norm = (x: Signal) => tf.layers.layerNormalization({ epsilon: 1e-5 }).apply(x) as Signal;
const add = (x: Signal, y: Signal) => tf.layers.add().apply([x, y]) as Signal;

/** GPT-2, small: each block looks back at the characters before, then thinks about each on its own. */
function transformer(): tf.LayersModel {
  const characters = tf.input({ shape: [context] }); // (B, T)
  const embedded = tf.layers.embedding({ inputDim: book.characters.length, outputDim: width }).apply(characters);
  let x = layers.positionEmbedding().apply(embedded) as Signal; // (B, T, C)
  for (let block = 0; block < blocks; block++) {
    const seen = norm(x);
    const gathered = layers.attention({ heads, causal: true }).apply([dense(width, seen), dense(width, seen), dense(width, seen)]);
    x = add(x, dense(width, gathered as Signal));
    x = add(x, dense(width, dense(4 * width, norm(x), 'gelu')));
  }
  return tf.model({ inputs: characters, outputs: dense(book.characters.length, norm(x)) }); // -> (B, T, characters), logits
}

/**
 * Ten passages side by side, which all begin alike: each goes on, character by character, with one drawn from the model's guess. Yields what was
 * written after the beginning, every 25 characters and at the end.
 */
async function* write(model: tf.LayersModel, length: number): AsyncGenerator<readonly string[]> {
  const passages = Array.from({ length: 10 }, () => [...beginning].map((character) => book.characters.indexOf(character)));
  for (let written = 1; written <= length; written++) {
    const windows = passages.map((passage) => passage.slice(-context));
    const last = (windows[0]?.length ?? 0) - 1;
    const chances = tf.tidy(() => {
      const padded = windows.map((window) => [...window, ...Array<number>(context - window.length).fill(0)]); // it cannot see ahead
      const logits = model.apply(tf.tensor2d(padded)) as tf.Tensor3D; // (B, T, characters)
      return logits.slice([0, last, 0], [-1, 1, -1]).div(temperature).softmax();
    });
    const values = await chances.data();
    chances.dispose();
    for (const [row, passage] of passages.entries()) passage.push(draw(values.subarray(row * book.characters.length)));
    if (written % 25 === 0 || written === length) yield passages.map((passage) => textOf(passage.slice(beginning.length)));
  }
}

const textOf = (passage: readonly number[]) => passage.map((index) => book.characters[index]).join('');

/** An index, drawn with these chances. */
function draw(chances: ArrayLike<number>): number {
  let left = Math.random();
  for (let index = 0; index < book.characters.length; index++) if ((left -= chances[index] ?? 0) < 0) return index;
  return 0;
}

/** How a passage went on at each evaluation so far, and how much of all passages was words. */
const progress: { readonly step: number; readonly 'in the book': string; readonly 'Alice …': string }[] = [];

export default experiment({
  title: 'A small GPT that reads Alice',
  seed: 1,
  data: async () => (book = await datasets.alice({ context, stride: 8 })),
  model: transformer,
  loss: 'sparseSoftmaxCrossEntropy',
  optimizer: {
    name: 'adam',
    learningRate: 3e-3,
    beta2: 0.99,
    epsilon: 1e-8,
    schedule: 'cosine',
    warmupSteps: 50,
    decaySteps: 1450,
    decayRate: 0.1,
  },
  globalBatch: 16,
  steps: 1500,
  evalEvery: 250,
  afterEval: async ({ model, step, isLast, show }) => {
    let passages: readonly string[] = [];
    for await (passages of write(model, tf.getBackend() === 'cpu' ? 10 : isLast ? 100 : 50))
      show.text(passages.map((passage) => beginning + passage).join('\n—\n'), `what it writes (temperature ${temperature})`);
    const wordsInBook = knownWordShare(passages, book.text);
    progress.push({ step, 'in the book': `${Math.round(100 * wordsInBook)} %`, 'Alice …': passages[0]?.slice(0, 30) ?? '' });
    show.table(progress, 'how it went on after “Alice”');
    return { wordsInBook };
  },
  onCpu: { steps: 20, globalBatch: 2, evalEvery: 20 }, // a look at it, no more
  lanes: ['1xfp32'],
});

export const card: Card = {
  id: 'gpt',
  group: 'start',
  seconds: 400,
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
    en: 'A falling loss is not understanding, and this book is small: plain counts of four characters in a row reach a test loss of 1.58 and write 85 of 100 words right. What a network gains over counting it gains from far more text, and from seeing further back.',
    zh: '损失下降不等于理解，而且这本书很小：单纯统计连续四个字符的频次，测试损失就达到 1.58，写出的单词有 85 % 正确。神经网络胜过统计，靠的是多得多的文本和更长的上下文。',
  },
};

/** What holds for a whole run; the preset for the CPU is too short to tell. */
const whole = (results: ClaimResults, holds: (lane: ClaimLane) => boolean) =>
  results.manifest.preset === 'cpu' ? null : withLanes(results, ['1xfp32'], holds);

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'At least 70 of 100 words in the 1,000 characters that it writes at the end occur in the book. (Letters drawn by frequency make 27, counts of three characters in a row 60, at the same temperature of 0.7.)',
      zh: '最后写出的 1,000 个字符中，至少 70 % 的单词出现在书中。（同样的温度 0.7 下，按频率抽取字母为 27 %，统计连续三个字符为 60 %。）',
    },
    holds: (results) => whole(results, ({ final }) => (final['wordsInBook'] ?? 0) >= 0.7),
  },
  {
    text: {
      en: 'It predicts better than counts of three characters in a row, which reach a test loss of 1.87.',
      zh: '它的预测优于统计连续三个字符的频次（测试损失 1.87）。',
    },
    holds: (results) => whole(results, ({ final }) => (final['testLoss'] ?? NaN) < 1.87),
  },
];
