// The gpt experiment, opened from the gallery and run for 30 steps on llvmpipe: its steps are recorded, it writes a thousand characters at
// each evaluation, the page shows them, and the share of known words that it reports is that of the text shown. Whether its claims hold
// after all of its steps is asked in experiments.test.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { adapterNamed, root } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';

const steps = 30;

/** The words of a text in plain English: cut at whatever is no letter, but for an apostrophe between two. */
const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^a-z']+|(?<![a-z])'|'(?![a-z])/u)
    .filter((word) => word !== '');
const bookWords = new Set(wordsOf(readFileSync(join(root, 'public/datasets/alice.txt'), 'utf8')));

/** As somebody counts who reads it: a word that ends with the passage may be half a word. */
function shareOfKnownWords(passages: readonly string[]): number {
  const words = passages.flatMap((passage) => wordsOf(passage.replace(/[A-Za-z']+$/u, '')));
  return words.filter((word) => bookWords.has(word)).length / words.length;
}

test('the small GPT runs from the gallery on recorded steps, and reports the share of words in what it shows', async () => {
  const { page, complaints, close } = await openBuiltPage(adapterNamed('llvmpipe'));
  onTestFinished(close);
  await page.getByRole('button', { name: 'Gallery', exact: true }).click();
  await page.getByRole('dialog', { name: 'Experiments' }).getByRole('searchbox').fill('GPT');
  await page.keyboard.press('Enter');
  const chooser = page.getByRole('combobox', { name: 'Choose a program' });
  await expect.poll(() => chooser.inputValue()).toBe('gpt');

  const source = readFileSync(join(root, 'src/experiments/gpt.ts'), 'utf8')
    .replace(/\bsteps: \d+,/u, `steps: ${steps},`)
    .replace(/\bevalEvery: \d+,/u, `evalEvery: ${steps / 2},`);
  const results = await page.evaluate(
    async (text) => (await window.lockstepPage?.run({ source: text, fileName: 'gpt.ts' }))?.results ?? null,
    source,
  );
  const [lane] = results?.lanes ?? [];
  expect(lane).toMatchObject({ shortForm: '1xfp32', state: 'done', execution: 'captured', error: null });
  expect(lane?.evals.map(({ step }) => step)).toEqual([steps / 2, steps]);
  const [first = NaN, last = NaN] = lane?.evals.map(({ testLoss }) => testLoss ?? NaN) ?? [];
  expect(first).toBeLessThan(Math.log(70)); // of a guess among its seventy characters
  expect(last).toBeLessThan(first);

  await page.getByRole('tab', { name: /^Shown/u }).click();
  const shown = (await page.locator('.view.is-text pre').textContent()) ?? '';
  const passages = shown.split('\n—\n').map((passage) => passage.replace(/^Alice /u, '')); // what it was given is not its own
  expect(passages.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 100));
  expect(lane?.final['wordsInBook']).toBeCloseTo(shareOfKnownWords(passages), 12);
  expect(results?.claims.map(({ holds }) => holds)).toEqual([false, false]); // judged, and not true of a model that has hardly begun
  expect(complaints).toEqual([]);
});
