// The built page from a plain static host, under the root and under a sub-path: it becomes ready, trains, and says nothing to
// the console that it should not.

import { expect, onTestFinished, test } from 'vitest';

import { adapterNamed } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';

const source = `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Sub-path', seed: 1, data: () => datasets.mnist({ train: 600, test: 100 }),
  model: () => tf.sequential({ layers: [tf.layers.flatten({ inputShape: [28, 28, 1] }), tf.layers.dense({ units: 10 })] }),
  loss: 'softmaxCrossEntropy', optimizer: { name: 'sgd', learningRate: 0.1 }, globalBatch: 32, steps: 5, evalEvery: 5, metrics: ['accuracy'],
  lanes: [{ worldSize: 1, precision: 'fp32' }],
});
`;

test.each(['/', '/a/b/'])('served under %s the page runs a program on its own datasets', async (prefix) => {
  const { page, url, complaints, close } = await openBuiltPage(adapterNamed('swiftshader'), { prefix });
  onTestFinished(close);
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  const answer = await page.evaluate((text) => window.lockstepPage?.run({ source: text, fileName: 'a.ts' }), source);
  expect(answer?.problems.filter(({ stopsRun }) => stopsRun)).toEqual([]);
  expect(answer?.results?.lanes.map(({ state, steps, error }) => ({ state, steps, error }))).toEqual([
    { state: 'done', steps: 5, error: null },
  ]);
  expect(requested.filter((address) => /^https?:/.test(address) && !address.startsWith(url))).toEqual([]);
  expect(complaints).toEqual([]);
});
