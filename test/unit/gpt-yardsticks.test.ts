// The numbers that the gpt experiment compares itself with: what counting characters predicts of the same book. Counts of n characters in a
// row, mixed with those of fewer by Witten and Bell's rule (Chen and Goodman, "An Empirical Study of Smoothing Techniques", 1998, section 2.5).

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { knownWordShare } from '../../src/lab/words.ts';

const experiment = readFileSync(new URL('../../src/experiments/gpt.ts', import.meta.url), 'utf8');
const text = readFileSync(new URL('../../public/datasets/alice.txt', import.meta.url), 'utf8');
const trainLength = Math.floor(text.length * 0.9); // as datasets.alice cuts it
const characters = [...new Set(text)].sort();

interface Followers {
  readonly counts: Map<string, number>;
  total: number;
}

/** What followed each `length` characters in the training part. */
function count(length: number): ReadonlyMap<string, Followers> {
  const table = new Map<string, Followers>();
  for (let at = length; at < trainLength; at++) {
    const before = text.slice(at - length, at);
    const followers = table.get(before) ?? { counts: new Map<string, number>(), total: 0 };
    const next = text[at] ?? '';
    followers.counts.set(next, (followers.counts.get(next) ?? 0) + 1);
    followers.total++;
    table.set(before, followers);
  }
  return table;
}

/** What counts of up to so many characters in a row expect after a text. */
function counting(rowLength: number): (before: string, next: string) => number {
  const tables = Array.from({ length: rowLength }, (_, length) => count(length));
  return (before, next) => {
    let chance = 1 / characters.length;
    for (const [length, table] of tables.entries()) {
      const followers = table.get(before.slice(before.length - length));
      if (followers === undefined) break;
      const kinds = followers.counts.size;
      chance = ((followers.counts.get(next) ?? 0) + kinds * chance) / (followers.total + kinds);
    }
    return chance;
  };
}

it.each([
  [3, '1.87'],
  [4, '1.58'],
])('counts of %i characters in a row reach the test loss of %s that the experiment names', (rowLength, loss) => {
  const chanceOf = counting(rowLength);
  let sum = 0;
  for (let at = trainLength; at < text.length; at++) sum -= Math.log(chanceOf(text.slice(at - rowLength + 1, at), text[at] ?? ''));
  expect((sum / (text.length - trainLength)).toFixed(2)).toBe(loss);
  expect(experiment.split(loss).length).toBeGreaterThan(2); // in both languages
});

it.each([
  [1, 27],
  [3, 60],
  [4, 85],
])('counts of %i characters in a row write %i of 100 words as they are in the book', (rowLength, percent) => {
  const chanceOf = counting(rowLength);
  const prng = createPrng(1);
  let written = 'Alice ';
  while (written.length < 8_000) {
    const before = written.slice(written.length - rowLength + 1);
    const weights = characters.map((character) => chanceOf(before, character) ** (1 / 0.7)); // the experiment's temperature
    let left = prng.next() * weights.reduce((total, weight) => total + weight, 0);
    written += characters.find((_, index) => (left -= weights[index] ?? 0) < 0) ?? ' ';
  }
  // 27.0, 59.8 and 85.4 of 80,000 characters; of 8,000, some 1,400 words, chance has three standard deviations of 4 in 100.
  expect(Math.abs(100 * knownWordShare([written], text) - percent)).toBeLessThan(4);
  expect(experiment).toMatch(new RegExp(`\\b${percent}\\b`, 'u'));
});
