// The default experiment, whole, through the command line on llvmpipe: every lane reaches its accuracy, four ranks train like one,
// fp16 is close and smaller. The slice of it in `npm test` is a few steps of a small model (test/e2e/cli.test.ts).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import type { LaneResult, RunResults } from '../../src/runner/results.ts';
import { root } from '../support/chromium.ts';

test('mnist: four lanes reach 0.95, 4xfp32 follows 1xfp32, fp16 is within two points and 0.8 of the memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, 'results.json');
  const args = ['scripts/ts.mjs', 'src/cli/lockstep.ts', 'run', 'src/experiments/mnist.ts', '--adapter', 'llvmpipe', '--out', out];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { lanes, claims } = JSON.parse(readFileSync(out, 'utf8')) as RunResults; // the schema of the program under test
  expect(claims.filter(({ holds }) => holds !== true)).toEqual([]);
  const lane = (label: string): LaneResult => {
    const found = lanes.find((one) => one.label === label);
    if (found === undefined) throw new Error(`lanes: expected ${label}, got ${lanes.map((one) => one.label).join(', ')}.`);
    return found;
  };
  const accuracy = (label: string): number => lane(label).final['testAccuracy'] ?? Number.NaN;
  for (const label of ['1xfp32', '1xfp16', '4xfp32', '4xfp16']) expect(accuracy(label), label).toBeGreaterThanOrEqual(0.95);
  // Two points: what 16-bit storage may cost (2⁻¹¹ per rounding), well above what it was seen to.
  for (const ranks of ['1x', '4x']) expect(Math.abs(accuracy(`${ranks}fp16`) - accuracy(`${ranks}fp32`)), ranks).toBeLessThanOrEqual(0.02);
  const losses = (label: string): readonly number[] =>
    lane(label)
      .series.slice(0, 50)
      .map(({ loss }) => loss ?? Number.NaN);
  // The same sums in another order: f32 rounding, which 50 steps of training amplify.
  const differences = losses('4xfp32').map((loss, index) => Math.abs(loss - (losses('1xfp32')[index] ?? Number.NaN)) / Math.abs(loss));
  expect(differences).toHaveLength(50);
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-4);
  expect(lane('1xfp16').f16).toBe('native');
  expect((lane('1xfp16').bytes?.graph ?? Number.NaN) / (lane('1xfp32').bytes?.graph ?? Number.NaN)).toBeLessThanOrEqual(0.8);
  expect(lane('4xfp32').distanceToBaseline).not.toBeNull();
});
