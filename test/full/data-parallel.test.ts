// What data parallelism promises, whole: at the same global batch N ranks train what one does, also 64 virtual ones (in Node, on tfjs's
// CPU backend); and in real browsers, on every adapter here, N ranks have the bits of N micro-steps and virtual ranks those of real ones.
// The slices of it in `npm test` are test/unit/equal-training.test.ts and test/unit/virtual-ranks.test.ts.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { findFirefox } from '../../src/cli/adapters.ts';
import type { LaneResult, RunResults } from '../../src/runner/results.ts';
import { largestRelativeDistance } from '../../src/runner/weights-distance.ts';
import { adapters, root } from '../support/chromium.ts';
import { cnn, lstm, mlp } from '../support/tiny-experiments.ts';
import { trainLane } from '../support/train-in-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('at the same global batch, after 100 steps, every tensor is within 1e-4 of one rank’s', () => {
  // With momentum, whose update is linear in the gradient: what rounding puts into a gradient arrives in the weights as large as it was.
  // Adam divides each gradient by its own size, so that one that is all rounding moves its weight as far as any other.
  const lanes = ['2xfp32', '4xfp32', '8xfp32', '4xfp32+ring', '8xfp32+tree', '64xfp32+virtual', '64xfp32+virtual+ring'];
  test.each([mlp, cnn, lstm])('$title', async (spec) => {
    const long = { ...spec, steps: 100, globalBatch: 64 };
    const single = await trainLane(long, '1xfp32');
    for (const lane of lanes) {
      const { weights } = await trainLane(long, lane);
      const distance = largestRelativeDistance(weights, single.weights) ?? Number.NaN;
      console.info(`${spec.title} ${lane}: ${distance.toExponential(1)}`);
      expect(distance, lane).toBeLessThanOrEqual(1e-4);
    }
    // One step more is further away than that.
    const further = await trainLane({ ...long, steps: 101 }, '1xfp32');
    expect(largestRelativeDistance(further.weights, single.weights)).toBeGreaterThan(1e-4);
  });
});

/** An evaluation after every step, because that is when replicas compare their weights (replica-check.ts); a lane whose ranks differ fails. */
const program = `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Equal', seed: 3, data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [
    tf.layers.dense({ units: 12, inputShape: [4], activation: 'tanh' }),
    tf.layers.dense({ units: 3 }),
  ] }),
  loss: 'softmaxCrossEntropy', optimizer: { name: 'momentum', learningRate: 0.05 },
  globalBatch: 24, steps: 50, evalEvery: 1, lanes: ['1xfp32'],
});
`;

/** Lanes that must have the same bits. */
const equalLanes = [
  ['2xfp32', '1xfp32+accum=2', '2xfp32+virtual'],
  ['4xfp32', '1xfp32+accum=4', '4xfp32+virtual'],
  ['3xfp32+ring', '3xfp32+ring+virtual'],
] as const;

const places = [
  ...adapters.map(({ name }) => ({ browser: 'chromium', adapter: name as string })),
  ...(findFirefox(root, 'llvmpipe') === null ? [] : [{ browser: 'firefox', adapter: 'llvmpipe' }]),
];

describe('after 50 steps, losses and weights have the same bits, and replicas agree after each', () => {
  test.each(places)('in $browser on $adapter', ({ browser, adapter }) => {
    const lanes = trainInPage(program, browser, adapter, equalLanes.flat());
    const bits = (label: string) => bitsOf(lanes.find((lane) => lane.label === label));
    expect(lanes[0]?.series).toHaveLength(50);
    for (const [first, ...others] of equalLanes)
      for (const other of others) expect(bits(other), `${other} is ${first}`).toEqual(bits(first));
    expect(bits('3xfp32+ring').weightsHash).not.toBe(bits('2xfp32').weightsHash); // or the comparison would find nothing
    expect(lanes.map(({ replicasAgree }) => replicasAgree)).toEqual(lanes.map(() => true));
  });
});

// The default experiment, for fewer steps and with an evaluation after each; a batch that 2, 3, 4 and 8 divide.
test('MNIST: replicas hold the same weights after every step, for 2, 3, 4 and 8 ranks and every algorithm', () => {
  const changes = [
    ['globalBatch: 128,', 'globalBatch: 120,'],
    ['steps: 280,', 'steps: 30,'],
    ['evalEvery: 40,', 'evalEvery: 1,'],
    ['train: 12000, test: 2000', 'train: 1200, test: 100'],
  ] as const;
  const source = readFileSync(join(root, 'src/experiments/mnist.ts'), 'utf8');
  for (const [from] of changes) expect(source).toContain(from);
  const mnist = changes.reduce((text, [from, to]) => text.replace(from, to), source);
  const lanes = trainInPage(mnist, 'chromium', 'llvmpipe', ['2xfp32', '3xfp32+ring', '4xfp32', '4xfp16', '8xfp32+tree', '8xfp32+naive']);
  expect(lanes.map(({ label, evals, replicasAgree }) => [label, evals.length, replicasAgree])).toEqual(
    lanes.map(({ label }) => [label, 30, true]),
  );
  // A lane that was told to differ does, so that agreement is no matter of course.
  const [broken] = trainInPage(mnist, 'chromium', 'llvmpipe', ['2xfp32+break=seed-per-rank']);
  expect(broken?.replicasAgree).toBe(false);
});

/** Trains lanes one after the other through the command line. */
function trainInPage(source: string, browser: string, adapter: string, lanes: readonly string[]): readonly LaneResult[] {
  const [file, out] = [join(folder, 'program.ts'), join(folder, 'results.json')];
  writeFileSync(file, source);
  rmSync(out, { force: true });
  const flags = ['--browser', browser, '--adapter', adapter, '--schedule', 'sequence', '--lanes', lanes.join(','), '--out', out];
  const { status, stderr } = spawnSync(process.execPath, ['scripts/ts.mjs', 'src/cli/lockstep.ts', 'run', file, ...flags], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(readFileSync(out, 'utf8')) as RunResults).lanes; // the schema of the program under test
}

function bitsOf(lane: LaneResult | undefined) {
  if (lane === undefined) throw new Error('results: a lane is missing.');
  return { losses: lane.series.map(({ loss }) => loss), weightsHash: lane.weightsHash };
}
