// Verify, whole: ten runs through the command line on llvmpipe (fp32 and fp16, one rank, four and eight virtual ones, every all-reduce, a wire
// that keeps what it loses, local steps, two seeds), recorded, and run again. All ten have the same bits; a record that was doctored at step 17
// is caught there; and on the other adapter, with other shaders and another fp16, losses stay within the tolerance. The slice of it in `npm
// test` is test/e2e/cli.test.ts, with two runs.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import type { RunResults } from '../../src/runner/results.ts';
import { adapters, root } from '../support/chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Verify', seed: 3, data: () => datasets.mnist({ train: 512, test: 256 }),
  model: () => tf.sequential({ layers: [
    tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 4, kernelSize: 5, strides: 2, activation: 'relu' }),
    tf.layers.flatten(),
    tf.layers.dropout({ rate: 0.1 }),
    tf.layers.dense({ units: 10 }),
  ] }),
  loss: 'softmaxCrossEntropy', optimizer: { name: 'adam', learningRate: 1e-3 },
  globalBatch: 64, steps: 40, evalEvery: 20, metrics: ['accuracy'], lanes: ['1xfp32'],
});
`;

const lanes = [
  '1xfp32+repeat=2',
  '1xfp16',
  '1xfp16+lossScale=off',
  '4xfp32',
  '4xfp16',
  '4xfp32+ring',
  '4xfp32+wire=int8',
  '4xfp32+local=4',
  '8xfp32+virtual+tree',
];
const [file, record] = [join(folder, 'verify.ts'), join(folder, 'results.json')];

function lockstep(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/ts.mjs', 'src/cli/lockstep.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  console.info(stdout);
  return { status, stderr: stderr.replaceAll(/^npm warn.*\n/gm, ''), lines: stdout.split('\n').filter((line) => /^[✓✗–] /u.test(line)) };
}

test('ten runs have the same bits when they are run again', () => {
  writeFileSync(file, program);
  const run = lockstep('run', file, '--adapter', 'llvmpipe', '--schedule', 'sequence', '--lanes', lanes.join(','), '--out', record);
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  const verified = lockstep('verify', record, file, '--adapter', 'llvmpipe');
  expect(verified.lines).toHaveLength(10);
  expect(verified.lines.filter((line) => !line.endsWith(': bit-identical in all 40 steps'))).toEqual([]);
  expect(verified.status).toBe(0);
});

test('a doctored run is caught at the step', () => {
  const results = JSON.parse(readFileSync(record, 'utf8')) as RunResults; // the schema of the program under test
  const lane = results.lanes.find(({ label }) => label === '4xfp16');
  if (lane === undefined) throw new Error('results: expected 4xfp16.');
  const series = lane.series.map((row) => (row.step === 17 ? { ...row, loss: (row.loss ?? 0) * (1 + Number.EPSILON) } : row));
  const doctored = join(folder, 'doctored.json');
  writeFileSync(doctored, JSON.stringify({ ...results, lanes: [{ ...lane, series }] }));
  const { status, lines } = lockstep('verify', doctored, file, '--adapter', 'llvmpipe');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('✗ 4xfp16: first differs at step 17: loss ');
  expect(status).toBe(1);
});

test.skipIf(!adapters.some(({ name }) => name === 'swiftshader'))('on another adapter they are within tolerance', () => {
  const { status, lines } = lockstep('verify', record, file, '--adapter', 'swiftshader');
  expect(lines).toHaveLength(10);
  expect(lines.filter((line) => !line.startsWith('✓ ') || !/within tolerance|bit-identical/u.test(line))).toEqual([]);
  expect(status).toBe(0);
});
