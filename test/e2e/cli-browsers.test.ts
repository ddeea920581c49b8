// The command line in the browser of this project: what it says of the device, and a run to its end.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import type { RunResults } from '../../src/runner/results.ts';
import { root } from '../support/chromium.ts';
import { browserUnderTest } from '../support/open-any.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-browsers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const adapter = browserUnderTest === 'webkit' ? [] : ['--adapter', 'llvmpipe'];

function lockstep(...args: readonly string[]) {
  const flags = ['--browser', browserUnderTest, ...adapter];
  return spawnSync(process.execPath, ['scripts/ts.mjs', 'src/cli/lockstep.ts', ...args, ...flags], { cwd: root, encoding: 'utf8' });
}

test('doctor says what a replica gets here: native fp16 on llvmpipe, and in WebKit no WebGPU, with the reason', () => {
  const { status, stdout } = lockstep('doctor', '--json');
  expect(status).toBe(0);
  const { backend, f16, notes } = JSON.parse(stdout) as { backend: string; f16: string; notes: string[] }; // the schema of the program under test
  const isWebgpu = browserUnderTest !== 'webkit';
  expect([backend === 'webgpu', f16 === 'native', notes.join().includes('no WebGPU')]).toEqual([isWebgpu, isWebgpu, !isWebgpu]);
});

test('run trains a program to its end and leaves its results; virtual ranks have the bits of real ones', () => {
  const [file, out] = [join(folder, 'tiny.ts'), join(folder, 'results.json')];
  writeFileSync(
    file,
    `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Tiny', seed: 3, data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy', optimizer: { name: 'sgd', learningRate: 0.05 },
  globalBatch: 16, steps: 12, lanes: ['1xfp32', '2xfp32', '2xfp32+virtual'],
});
`,
  );
  const { status, stdout, stderr } = lockstep('run', file, '--out', out);
  expect({ status, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/1xfp32 +1 +done +12 .*\n2xfp32 +2 +done +12 .*\n2xfp32\+virtual +2 virtual +done +12 /);
  const results = JSON.parse(readFileSync(out, 'utf8')) as RunResults; // the schema of the program under test
  expect(results.lanes.map(({ state, series, virtual }) => [state, series.length, virtual])).toEqual([
    ['done', 12, false],
    ['done', 12, false],
    ['done', 12, true],
  ]);
  const [, real, virtual] = results.lanes;
  expect(virtual?.weightsHash).toBe(real?.weightsHash);
});
