// The command line as somebody uses it: a process, a program file anywhere on the disk, what it prints, what it writes, how it
// exits. SwiftShader, because it is on every machine that has a Chromium.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import type { ChromeTrace } from '../../src/export/chrome-trace.ts';
import type { RunResults } from '../../src/runner/results.ts';
import { quickAdapter, root } from '../support/chromium.ts';
import { brokenTraceRules } from '../support/trace-event-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Chromium rounds a clock to 100 µs and adds as much at random. */
const clockRoundingUs = 200;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end; `onOutput` sees everything printed so far, whenever something came. */
function lockstep(args: readonly string[], onOutput: (stdout: string, interrupt: () => void) => void = () => undefined): Promise<Ended> {
  const child = spawn(process.execPath, ['scripts/ts.mjs', 'src/cli/lockstep.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput(stdout, () => child.kill('SIGINT'));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, stdout, stderr }));
  });
}

function programFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const run = (file: string): readonly string[] => ['run', file, '--adapter', quickAdapter().name];

const tiny = programFile(
  'tiny.ts',
  `import * as tf from '@tensorflow/tfjs';
import { experiment, datasets } from 'lockstep';
export default experiment({
  title: 'Tiny',
  seed: 3,
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.05 },
  globalBatch: 16,
  steps: 40,
  evalEvery: 20,
  metrics: ['accuracy'],
  lanes: [{ worldSize: 1, precision: 'fp32' }],
});
`,
);

test('a program outside the project runs with the lanes, steps and seed of the flags, and leaves its results and its trace', async () => {
  const out = join(folder, 'results.json');
  const traceFile = join(folder, 'trace.json');
  const adapter = ['--adapter', 'swiftshader'];
  const flags = ['--lanes', '1xfp32,2xfp32', '--steps', '12', '--seed', '0', '--out', out, '--trace', traceFile, '--kernels'];
  const { code, stdout, stderr } = await lockstep(['run', tiny, ...adapter, ...flags]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Tiny\nseed 0, 12 steps, global batch 16\n');
  expect(stdout).toMatch(/^lane +state +steps +loss .*\n─.*\n1xfp32 +done +12 .*\n2xfp32 +done +12 /m);
  const results = JSON.parse(readFileSync(out, 'utf8')) as RunResults; // the schema of the program under test
  expect(results.schemaVersion).toBe(1);
  expect(results.manifest).toMatchObject({ seed: 0, steps: 12, title: 'Tiny', kernelVariants: {} });
  expect(results.lanes.map(({ label, steps, series }) => [label, steps, series.length])).toEqual([
    ['1xfp32', 12, 12],
    ['2xfp32', 12, 12],
  ]);
  const [one, two] = results.lanes;
  expect(one?.links).toBeNull();
  expect(two?.links?.bytes.map(({ from, to, bytes }) => [from, to, bytes])).toEqual([
    [0, 1, two?.bytesSent],
    [1, 0, two?.bytesSent], // two ranks halve 16 values evenly
  ]);
  for (const { label, gpuTimes } of results.lanes) {
    const told = gpuTimes?.phases.reduce((sum, { ms }) => sum + ms, 0) ?? Number.NaN;
    expect(gpuTimes).toMatchObject({ origin: 'measured', lastStep: 12 });
    expect(gpuTimes?.kernels.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^optim sgd 4×3$/u)]));
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual((gpuTimes?.spanMs ?? 0) + 1e-9); // sums of the same numbers in another order
    expect(stdout).toMatch(new RegExp(`^${label}: .* ms in a step of rank 0, measured .*\n  .*forward .*\nkernel +phase +times +ms`, 'mu'));
  }
  expect(one?.phases?.phases.map(({ phase }) => phase)).toContain('forward-backward');
  expect(two?.phases).toMatchObject({ origin: 'measured', stepCount: 9 });

  const trace = JSON.parse(readFileSync(traceFile, 'utf8')) as ChromeTrace; // checked by the format's own rules
  expect(brokenTraceRules(trace)).toEqual([]);
  const slices = trace.traceEvents.filter((event) => event.ph === 'X');
  const isWholeStep = ({ name }: { readonly name: string }) => name.startsWith('step ');
  expect(slices.filter(isWholeStep)).toHaveLength(12 + 2 * 12);
  // Nobody has the sum of all ranks' gradients before every rank has brought its own: the ranks' clocks agree.
  const reducesOf = (step: number) => slices.filter(({ name, args }) => name === 'reduce 0' && args['step'] === step);
  const reduces = Array.from({ length: 12 }, (_, at) => reducesOf(at + 1)).filter(({ length }) => length === 2);
  expect(reduces.length).toBeGreaterThan(0); // one that took less than the clock can tell is not recorded
  for (const both of reduces) {
    const lastBegin = Math.max(...both.map(({ ts }) => ts));
    for (const { ts, dur } of both) expect(ts + dur).toBeGreaterThanOrEqual(lastBegin - clockRoundingUs);
  }
  expect(one?.modelled).toBeNull();
  expect(two?.modelled).toMatchObject({ kind: 'modelled', network: '10GbE', algorithm: 'direct' });
  expect(two?.modelled?.microBatchMs).toBeGreaterThan(0);
  expect(two?.modelled?.microBatchMs).toBeLessThanOrEqual((two?.medianStepMs ?? 0) / 2);
  expect(stdout).toContain('Modelled, not measured: 2xfp32 over 10GbE');
  expect(stdout).toMatch(/^✓ 2xfp32 equals 1xfp32 \(weights differ by \d\.\de-\d+\)\.\nFair as far as is known: 11 of 12, 1 not known$/m);

  // The record is doctored in one lane; run again, that lane is caught at the step and the other has the same bits.
  const doctored = {
    ...results,
    lanes: results.lanes.map((lane, index) => ({
      ...lane,
      series: lane.series.map((row) => (index === 1 && row.step === 7 ? { ...row, loss: (row.loss ?? 0) * 1.000001 } : row)),
    })),
  };
  const record = join(folder, 'doctored.json');
  writeFileSync(record, JSON.stringify(doctored));
  const verified = await lockstep(['verify', record, tiny, ...adapter]);
  expect(verified.stdout).toMatch(/^✓ 1xfp32: bit-identical in all 12 steps\n✗ 2xfp32: first differs at step 7: loss /m);
  expect(verified.code).toBe(1);
});

test('what a program claims is judged in the sandbox when the run has ended, printed and written', async () => {
  const file = programFile(
    'claims.ts',
    `import { program, withLanes } from 'lockstep';
import type { Claim } from 'lockstep';
export default program({ steps: 2, lanes: ['1xfp32'] }, async ({ step, log }) => {
  for (const loss of [2, 1]) await step(() => log({ loss }));
});
const text = (en: string) => ({ en, zh: en });
export const claims: readonly Claim[] = [
  { text: text('The loss falls.'), holds: (results) => withLanes(results, ['1xfp32'], ({ series: [a, b] }) => b.loss < a.loss) },
  { text: text('It is negative.'), holds: (results) => withLanes(results, ['1xfp32'], ({ final }) => final.loss < 0) },
  { text: text('Two ranks agree.'), holds: (results) => withLanes(results, ['2xfp32'], () => true) },
];
`,
  );
  const out = join(folder, 'claims.json');
  const { code, stdout } = await lockstep([...run(file), '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ The loss falls\.\n✗ It is negative\. .*\n– Two ranks agree\. /m);
  const { claims } = JSON.parse(readFileSync(out, 'utf8')) as RunResults; // the schema of the program under test
  expect(claims.map(({ text, holds }) => [text.en, holds])).toEqual([
    ['The loss falls.', true],
    ['It is negative.', false],
    ['Two ranks agree.', null],
  ]);
});

test("a program that throws exits with 1 and the user's own line", async () => {
  const source = readFileSync(tiny, 'utf8').replace(/model: .*/, "model: () => { throw new Error('no model today'); },");
  const file = programFile('throws.ts', source);
  const line = source.split('\n').findIndex((text) => text.includes('no model today')) + 1;
  const { code, stdout } = await lockstep(run(file));
  expect(code).toBe(1);
  expect(stdout).toContain(`${file}:${line}:`);
  expect(stdout).toContain(`${line} │   model: () => { throw new Error('no model today'); },`);
});

test('a syntax error exits with 1, names its place and starts nothing', async () => {
  const file = programFile('syntax.ts', 'const a = 1;\nconst = 2;\n');
  const { code, stdout } = await lockstep(run(file));
  expect(code).toBe(1);
  expect(stdout).toContain(`${file}:2:7 error (stops the run)`);
  expect(stdout).toContain('2 │ const = 2;');
  expect(stdout).not.toContain('done');
});

test('bad usage exits with 2 before any browser starts', async () => {
  const { code, stdout, stderr } = await lockstep(['run', join(folder, 'missing.ts')]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('missing.ts, which does not exist.');
});

test('Ctrl+C stops a program that loops for ever, with what it has, and exits with 130', async () => {
  const file = programFile(
    'forever.ts',
    `import { program } from 'lockstep';
export default program({ lanes: [{ worldSize: 1, precision: 'fp32' }] }, async (ctx) => {
  console.log('about to loop');
  await new Promise((resolve) => setTimeout(resolve, 50));
  while (true) {}
});
`,
  );
  let isInterrupted = false;
  const { code, stdout } = await lockstep(run(file), (printed, interrupt) => {
    if (isInterrupted || !printed.includes('about to loop')) return;
    isInterrupted = true;
    interrupt();
  });
  expect(stdout).toContain('about to loop');
  expect(stdout).toMatch(/1xfp32 +stopped/);
  expect(code).toBe(130);
});

test('doctor describes the adapter as a replica sees it', async () => {
  const { code, stdout } = await lockstep(['doctor', '--adapter', 'swiftshader', '--json']);
  expect(code).toBe(0);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ adapterName: 'swiftshader', backend: 'webgpu', f16: 'packed' });
});
