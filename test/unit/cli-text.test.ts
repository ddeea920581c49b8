// What the command line prints: tables, the comparison, views and failures, as the exact lines somebody reads.

import { expect, test } from 'vitest';

import { modelLane } from '../../src/cluster/lane-model.ts';
import type { LaneResult } from '../../src/runner/results.ts';
import { formatComparison } from '../../src/cli/comparison.ts';
import { formatFailure, formatProblems } from '../../src/cli/failure-text.ts';
import { formatKernels } from '../../src/cli/kernel-text.ts';
import { duration, megabytes, shortNumber } from '../../src/cli/number-text.ts';
import { displayWidth, formatTable } from '../../src/cli/text-table.ts';
import { formatView } from '../../src/cli/view-text.ts';
import { fakeGpuTimes } from '../support/fake-gpu-times.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

const lane = laneResult('1xfp32', {
  seed: 0,
  steps: 400,
  final: { loss: 0.123456, testLoss: 0.2, testAccuracy: 0.9612 },
  toTarget: { metric: 'testAccuracy', value: 0.95, step: 300, trainMs: 12_340 },
  medianStepMs: 26.31,
  samplesPerSecond: 4864.7,
  bytes: { weights: 1e6, optimizer: 2e6, graph: 19_800_000, peak: 30_000_000 },
  weightsHash: '0a1b2c3d',
  distanceToBaseline: 0,
});

const results = runResults([lane], { title: 'two lanes', seed: 0, steps: 400, globalBatch: 128, adapter: null });

test('the comparison has one aligned row per lane and only columns that say something', () => {
  expect(formatComparison(results)).toEqual([
    'lane    state  steps    loss  test loss  test acc  to target          samples/s  step ms  graph MB  peak MB  distance  weights',
    '──────  ─────  ─────  ──────  ─────────  ────────  ─────────────────  ─────────  ───────  ────────  ───────  ────────  ────────',
    '1xfp32  done     400  0.1235        0.2    0.9612  300 steps, 12.3 s       4865    26.31      19.8       30         0  0a1b2c3d',
    '',
    'Measured on this machine: the lanes took turns on one GPU, each timed only inside its own steps.',
    'Target: testAccuracy 0.95.',
  ]);
});

test('a lane of virtual ranks says so, and that its times do not compare', () => {
  const lines = formatComparison({ ...results, lanes: [lane, { ...lane, label: 'many', worldSize: 1024, virtual: true }] });
  expect(lines.slice(2, 4).map((line) => line.split(/\s{2,}/).slice(0, 3))).toEqual([
    ['1xfp32', '1', 'done'],
    ['many', '1024 virtual', 'done'],
  ]);
  expect(lines).toContain(
    'Virtual ranks: one after the other in one worker, the mathematics of as many workers; their times do not compare.',
  );
});

test('a data-parallel lane gets one line of what a model says, which says that it is one', () => {
  const measured = {
    worldSize: 4,
    allReduce: 'ring',
    medianStepMs: 400,
    communicationMs: null,
    steps: 10,
    bytesSent: 15 * 11.86e6,
  } as const;
  const parallel: LaneResult = {
    ...lane,
    label: '4xfp32',
    worldSize: 4,
    modelled: modelLane(measured, { network: '10GbE', bucketBytes: 25 * 2 ** 20, localSteps: 1 }),
  };
  // 100 ms a micro-batch; 6·(50 µs + 11.86 MB/4β) = 15.3 ms, 126·(50 µs + 11.86 MB/64β) = 26.0 ms, 8190·(50 µs + 11.86 MB/4096β) = 429.5 ms
  const speedUps = '×3.46 with 4 ranks, ×48.4 with 64 ranks, ×436 with 4096 ranks';
  expect(formatComparison({ ...results, lanes: [lane, parallel] }).at(-1)).toBe(
    `Modelled, not measured: 4xfp32 over 10GbE: ${speedUps} (a device like this one per rank, ring all-reduce in 2(N − 1)·(α + S/(N·β)), S = 11.9 MB).`,
  );
});

test('an fp16 lane brings its columns, and what is missing is a dash, never a number', () => {
  const failed: LaneResult = {
    ...lane,
    label: '4xfp16',
    precision: 'fp16',
    f16: 'packed',
    state: 'failed',
    final: {},
    toTarget: { metric: 'testAccuracy', value: 0.95, step: null, trainMs: null },
    medianStepMs: null,
    samplesPerSecond: null,
    bytes: null,
    weightsHash: null,
    distanceToBaseline: null,
    lossScale: 32_768,
    skippedSteps: 3,
  };
  const [head, , , row] = formatComparison({ ...results, lanes: [lane, failed] });
  const middle = 'test loss,test acc,to target,samples/s,step ms,graph MB,peak MB,f16,loss scale,skipped';
  expect(head?.split(/\s{2,}/).join()).toBe(`lane,state,steps,loss,${middle},distance,weights`);
  expect(row?.split(/\s{2,}/)).toEqual([
    '4xfp16',
    'failed',
    '400',
    '–',
    '–',
    '–',
    'not reached',
    '–',
    '–',
    '–',
    '–',
    'packed',
    '32770',
    '3',
    '–',
    '–',
  ]);
});

test('columns of numbers stand to the right, wide characters count two columns', () => {
  expect(
    formatTable(
      ['名', 'n'],
      [
        ['一二', 1],
        ['a', 10.5],
        [null, null],
      ],
    ),
  ).toEqual(['名       n', '────  ────', '一二     1', 'a     10.5', '–        –']);
  expect(displayWidth('e\u0301 中😀')).toBe(6);
});

test('numbers are short and keep their magnitude', () => {
  expect([0, 0.5, 12345.6, 3.2e-7, -2e9, Number.NaN, null].map(shortNumber)).toEqual([
    '0',
    '0.5',
    '12350',
    '3.20e-7',
    '-2.00e+9',
    'NaN',
    '–',
  ]);
  expect([999, 1500, 59_940, 59_960, 125_000].map(duration)).toEqual(['999 ms', '1.5 s', '59.9 s', '1 min 00 s', '2 min 05 s']);
  expect([1_554_000, 20_480, 0].map(megabytes)).toEqual(['1.55', '0.0205', '0']);
});

test('a shown table, a tree, bars and a picture become text', () => {
  expect(formatView({ kind: 'table', title: 'T', columns: ['a', 'b'], rows: [['x', 1]], leftOut: 3 })).toEqual([
    'T',
    'a  b',
    '─  ─',
    'x  1',
    '(3 more rows)',
  ]);
  const root = {
    label: 'r',
    children: [
      { label: 'a', children: [{ label: 'b', children: [] }] },
      { label: 'c', children: [] },
    ],
  };
  expect(formatView({ kind: 'tree', title: '', root })).toEqual(['r', '├ a', '│ └ b', '└ c']);
  expect(formatView({ kind: 'bars', title: '', labels: ['a', 'bb'], values: [2, -1] })).toEqual([
    `a   ${'█'.repeat(40)} 2`,
    `bb  ${'█'.repeat(20)} -1`,
  ]);
  expect(formatView({ kind: 'image', title: '', height: 1, width: 2, channels: 1, pixels: [0, 1] })).toEqual(['1 × 2 pixels, from 0 to 1']);
});

test('a long line view prints its ends and says how much it left out', () => {
  const x = Array.from({ length: 100 }, (_, index) => index);
  const lines = formatView({ kind: 'line', title: '', x, y: { loss: x } });
  expect(lines[2]).toMatch(/^ *0 +0$/);
  expect(lines.at(-2)).toMatch(/^ *99 +99$/);
  expect(lines.at(-1)).toBe('(12 of 100 points)');
});

test("a failure shows file, line and column, the user's own line, what happened and what to do", () => {
  const place = { line: 12, column: 5, text: "\tx.add('a');" };
  const failure = { code: 'program-threw', message: 'Error: no', hint: 'Look there.', lane: '4xfp16', rank: 2, place, stack: '' };
  expect(formatFailure(failure, 'dir/a.ts')).toEqual([
    'dir/a.ts:12:5 failed (program-threw) in lane 4xfp16, rank 2',
    "  12 │ \tx.add('a');",
    '     │ \t   ^',
    '  Error: no',
    '  Look there.',
  ]);
});

test('problems that stop the run come first, each with its line', () => {
  const problems = [
    { severity: 'warning', stopsRun: false, line: 1, column: 1, message: 'unused' },
    { severity: 'error', stopsRun: true, line: 2, column: 3, message: "';' expected." },
  ] as const;
  expect(formatProblems(problems, 'a.ts', 'let a;\nb c')).toEqual([
    'a.ts:2:3 error (stops the run)',
    '  2 │ b c',
    '    │   ^',
    "  ';' expected.",
    'a.ts:1:1 warning',
    '  1 │ let a;',
    '    │ ^',
    '  unused',
  ]);
});

test('the most expensive kernels of a lane stand under its phases, and a lane that nobody could time says so', () => {
  const kernels = fakeGpuTimes(12, 2).kernels.slice(2);
  const lanes = [{ ...lane, gpuTimes: { ...fakeGpuTimes(12, 2), kernels } }, laneResult('1xfp16', { gpuTimes: null })];
  expect(formatKernels(lanes)).toEqual([
    '1xfp32: 8 ms in a step of rank 0, measured by the device’s own time stamps. Timed steps: 2, the last of them step 12; kernels in each: 24.',
    '  input < 0.0625 ms (0.0%), forward 2 ms (25.0%), backward 4 ms (50.0%), read-back 0.25 ms (3.1%), update 1 ms (12.5%), other 0.25 ms (3.1%)',
    'kernel                   phase   times  ms        of the step',
    '───────────────────────  ──────  ─────  ────────  ───────────',
    'FAKE optim adam 784×256  update      6  0.5       6.3%',
    'copy of 401408 bytes     input       1  < 0.0625  0.0%',
    'This browser rounds time stamps to 0.0625 ms. Means over many steps hold; what is much shorter than that may show as nothing.',
    '',
    '1xfp16: GPU times are not known. The device has no time stamps, or the lane took fewer than eight steps.',
  ]);
});
