// The built page from a plain static host, under a sub-path (the other tests have it under the root): it becomes ready, trains, and says
// nothing to the console that it should not.

import { expect, onTestFinished, test } from 'vitest';

import { noticeFromFile } from '../support/notice-from-file.ts';
import { openPage } from '../support/open-any.ts';
import { runProgram } from '../support/run-program.ts';

const source = `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Sub-path', seed: 1, data: () => datasets.mnist({ train: 600, test: 100 }),
  model: () => tf.sequential({ layers: [tf.layers.flatten({ inputShape: [28, 28, 1] }), tf.layers.dense({ units: 10 })] }),
  loss: 'softmaxCrossEntropy', optimizer: { name: 'sgd', learningRate: 0.1 }, globalBatch: 32, steps: 5, evalEvery: 5, metrics: ['accuracy'],
  lanes: [{ worldSize: 1, precision: 'fp32' }],
});
`;

test('served under a sub-path the page runs a program on its own datasets, and does not say that it was opened from a file', async () => {
  const asked: string[] = [];
  const intercept = (path: string): boolean => {
    asked.push(path);
    return false;
  };
  const { page, close } = await openPage({ prefix: '/a/b/', intercept });
  onTestFinished(close);
  const { results, problems } = await runProgram(page, source);
  expect(problems.filter(({ stopsRun }) => stopsRun)).toEqual([]);
  expect(results?.lanes.map(({ state, steps, error }) => ({ state, steps, error }))).toEqual([{ state: 'done', steps: 5, error: null }]);
  expect(asked.map((path) => path.split('?')[0])).toContain('replica.js'); // everything came from below the prefix: elsewhere is a 404
  const elsewhere = await page.evaluate(
    () =>
      performance
        .getEntriesByType('resource')
        .flatMap(({ name }) => (/^https?:/.test(name) && !name.startsWith(document.baseURI) ? [name] : [])),
    null,
  );
  expect(elsewhere).toEqual([]);
  expect(page.complaints).toEqual([]);
  expect(await page.evaluate(noticeFromFile, null)).toBe('');
});
