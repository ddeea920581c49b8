// Plan: the same program trains on WebGPU, WebGL and the CPU, and says what is lost; a device that is refused, lost while idle or gone
// between runs costs at most one run, with a card that says what to do. Browsers without WebGPU are real ones: Chromium started without
// its flags, and without any GPU process.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Adapter } from '../../src/cli/adapters.ts';
import type { RunResults } from '../../src/runner/results.ts';
import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';

const adapter = quickAdapter();
const withoutWebGpu: Adapter = {
  ...adapter,
  args: adapter.args.filter((flag) => !flag.includes('webgpu')),
};
const withoutGpu: Adapter = { ...withoutWebGpu, args: [...withoutWebGpu.args, '--disable-gpu', '--disable-software-rasterizer'] };

const tiny = `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'Tiny',
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.05 },
  globalBatch: 16,
  steps: 4,
  lanes: ['1xfp32', '2xfp16'],
});
`;

/** The same with a hidden layer, and less to do where there is no GPU. */
const small = tiny
  .replace(
    'tf.layers.dense({ units: 3, inputShape: [4] })',
    "tf.layers.dense({ units: 32, inputShape: [4], activation: 'relu' }), tf.layers.dense({ units: 3 })",
  )
  .replace('steps: 4,', 'steps: 4,\n  onCpu: { evalEvery: 2 },');

/** What every backend promises of either program. */
function expectTrained(results: RunResults | null): asserts results is RunResults {
  expect(results?.lanes.map(({ state, steps }) => [state, steps])).toEqual([
    ['done', 4],
    ['done', 4],
  ]);
}

describe('one program', () => {
  let expected: readonly (readonly (number | null)[])[] = [];

  beforeAll(async () => {
    const { page, close } = await openBuiltPage(adapter);
    const kernelVariants = { 'matMul/nn-small': 'stock', 'matMul/nt-small': 'none of ours' };
    const { results } = await runProgram(page, small, { kernelVariants });
    await close();
    expect(results?.manifest).toMatchObject({ backend: 'webgpu', kernelVariants: { 'matMul/nn-small': 'stock' } });
    expect(Object.keys(results?.manifest.kernelVariants ?? {})).toHaveLength(1);
    expected = results?.lanes.map(({ series }) => series.map(({ loss }) => loss)) ?? [];
  });

  test.each([
    ['WebGL in a browser without WebGPU', withoutWebGpu, 'webgl', ['WebGPU is not used: WebGPU found no adapter.'], null],
    [
      'the CPU in a browser without a GPU',
      withoutGpu,
      'cpu',
      ['WebGPU is not used: WebGPU found no adapter.', 'WebGL is not used: this browser has no WebGL 2 in workers.'],
      'cpu',
    ],
  ] as const)('trains on %s as on WebGPU, and says what is lost', async (_, without, backend, why, preset) => {
    const { page, complaints, close } = await openBuiltPage(without);
    const { results, consoleTexts } = await runProgram(page, small);
    expectTrained(results);
    const { manifest, lanes } = results;
    expect(manifest).toMatchObject({ backend, steps: 4, preset, selfTest: { passed: true } });
    expect(manifest.notes.slice(0, why.length)).toEqual(why);
    expect(manifest.notes.join(' ')).toContain('fp16 is simulated');
    expect(lanes.map(({ f16, f16Math, bytes }) => ({ f16, f16Math, bytes }))).toEqual([
      { f16: null, f16Math: null, bytes: null },
      { f16: 'simulated', f16Math: 'f32', bytes: null },
    ]);
    expect(consoleTexts.some((text) => text.includes('smaller preset'))).toBe(preset !== null);
    // Four steps of f32 sums in another order: 1e-5 of a loss near 1; simulated f16 rounds where packed f16 does, ties apart: 1e-3.
    lanes.forEach(({ series }, lane) =>
      series.forEach(({ loss }, step) =>
        expect(Math.abs((loss ?? NaN) - (expected[lane]?.[step] ?? NaN))).toBeLessThan(lane === 0 ? 1e-4 : 2e-3),
      ),
    );
    await page.locator('.device-facts').click();
    await page.getByText('no claim').first().waitFor();
    expect(await page.getByText('no claim').count()).toBe(4); // of all precisions but fp32
    for (const reason of why) await page.locator('dialog').getByText(reason).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

test('the address chooses a backend, and an unknown one is refused with the ones there are', async () => {
  const cpu = await openBuiltPage(adapter, { query: '?backend=cpu' });
  expect(await cpu.page.evaluate(() => window.lockstepPage?.doctor())).toMatchObject({
    backend: 'cpu',
    fallbacks: [],
    selfTest: { passed: true },
  });
  await cpu.close();
  const unknown = await openBuiltPage(adapter, { query: '?backend=metal' });
  const { failures } = await runProgram(unknown.page, tiny);
  expect(failures).toMatchObject([
    { code: 'config-invalid', message: expect.stringContaining('webgpu, webgl, cpu, got "metal"') as string },
  ]);
  await unknown.close();
});

/** Puts statements in front of the replica bundle: they run in every worker, before anything of ours. */
const inEveryWorker =
  (statements: string) =>
  async (page: Page): Promise<void> => {
    await page.route('**/replica.js*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${statements}\n${await response.text()}` });
    });
  };

const keepDevice = `const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...options) { return (self.testDevice = await request.apply(this, options)); };`;
const vanishAfter = (count: number): string =>
  `if (Number(self.name.split(' ')[1]) > ${count}) GPU.prototype.requestAdapter = () => Promise.resolve(null);`;

/** Destroys the devices of all warm replicas; resolves when each of their workers is gone. */
async function loseDevices(page: Page): Promise<void> {
  // Four are kept warm, one after the other.
  await expect.poll(() => page.workers().filter(isReplica).length, { timeout: 60_000 }).toBe(4);
  const replicas = page.workers().filter(isReplica);
  const closed = replicas.map((worker) => new Promise((resolve) => worker.once('close', resolve)));
  for (const worker of replicas) {
    await expect.poll(() => worker.evaluate('self.testDevice !== undefined'), { timeout: 60_000 }).toBe(true);
    await worker.evaluate('self.testDevice.destroy()');
  }
  await Promise.all(closed);
}
const isReplica = (worker: { url(): string }): boolean => worker.url().startsWith('data:');

describe('devices that come and go', () => {
  test('a device lost while idle costs nothing: the next run takes a fresh one', async () => {
    const { page, close } = await openBuiltPage(adapter, { prepare: inEveryWorker(keepDevice) });
    await page.evaluate(() => window.lockstepPage?.doctor());
    await loseDevices(page);
    const { results, failures } = await runProgram(page, tiny);
    expect(failures).toEqual([]);
    expectTrained(results);
    expect(results.manifest.backend).toBe('webgpu');
    await close();
  });

  test('an adapter that vanished between runs: the next run says what it used, and why', async () => {
    const { page, close } = await openBuiltPage(adapter, { prepare: inEveryWorker(`${keepDevice}\n${vanishAfter(4)}`) });
    expect(await page.evaluate(() => window.lockstepPage?.doctor())).toMatchObject({ backend: 'webgpu' });
    await loseDevices(page);
    const { results } = await runProgram(page, tiny);
    expectTrained(results);
    expect(results.manifest).toMatchObject({ backend: 'webgl', selfTest: { passed: true } });
    expect(results.manifest.notes[0]).toBe('WebGPU is not used: WebGPU found no adapter.');
    await page.locator('.device-facts').getByText('WebGL').waitFor();
    await close();
  });

  test('an adapter that vanishes while lanes start: no lane mixes backends, and running again works', async () => {
    const { page, close } = await openBuiltPage(adapter, { prepare: inEveryWorker(vanishAfter(4)) });
    await page.evaluate(() => window.lockstepPage?.doctor());
    const { results, failures } = await runProgram(page, tiny, { lanes: '2xfp32,8xfp32' });
    expect(results?.lanes.map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(failures).toMatchObject([
      { code: 'device-changed', message: expect.stringMatching(/expected webgpu.*got webgl.*Run again/) as string },
    ]);
    const again = await runProgram(page, tiny);
    expectTrained(again.results);
    expect(again.results.manifest.backend).toBe('webgl');
    await close();
  });
});
