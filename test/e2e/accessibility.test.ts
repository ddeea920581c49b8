// Plan: every view of the page, in both themes, is looked at by axe, which finds nothing: names, roles, contrast, labels. What only
// a person can judge (does the order make sense, is the text true) it cannot see.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const source = `import * as tf from '@tensorflow/tfjs';
import { program } from 'lockstep';
export default program({ title: 'Every view', lanes: ['2xfp32', '2xfp32+ring'] }, async (ctx) => {
  for (let step = 1; step <= 9; step++) {
    await ctx.dist.barrier();
    await ctx.step(() => ctx.log({ loss: tf.tidy(() => tf.div(1, tf.scalar(step))), accuracy: step / 9 }));
  }
  console.log('a line');
  console.warn('a warning');
  ctx.show.table([{ a: 1, b: 'x' }], 'table');
  ctx.show.line([1, 2, 3], { up: [1, 2, 3], down: [3, 2, 1] }, 'line');
  ctx.show.bars({ one: 1, two: 2 }, 'bars');
  ctx.show.heatmap([[3, 1], [0, 4]], 'heat-map');
  ctx.show.image([[0, 0.5], [0.5, 1]], 'image');
  ctx.show.text('text', 'text');
  ctx.show.metric(0.5, 'metric');
});
`;

const halfSource = `import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';
export default experiment({
  title: 'Counted',
  data: () => ({ train: { x: tf.ones([8, 16]), y: tf.ones([8, 2]) }, test: null }),
  model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [16], units: 2 })] }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.01 },
  globalBatch: 8,
  steps: 9,
  lanes: ['1xfp32', '1xfp16+initScale=16777216'],
});
`;

const themes = ['dark', 'light'] as const;

describe('axe finds nothing', () => {
  let open: OpenPage;

  beforeAll(async () => {
    open = await openBuiltPage(quickAdapter(), { context: { colorScheme: 'dark', viewport: { width: 1440, height: 900 } } });
    await open.page.evaluate(axe);
  });

  afterAll(async () => {
    expect(open.complaints).toEqual([]);
    await open.close();
  });

  /** What axe has to say of the page as it stands, a line for each place. */
  async function findings(): Promise<readonly string[]> {
    const results = await open.page.evaluate(async () => {
      const { axe } = window as unknown as { readonly axe: { run(context: Document, options: object): Promise<AxeResults> } }; // put there above
      return axe.run(document, { resultTypes: ['violations'] });
    });
    return results.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id} (${help}): ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
    );
  }

  /** In both themes, a line for each finding. */
  async function look(view: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const theme of themes) {
      await open.page.emulateMedia({ colorScheme: theme });
      await open.page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, theme);
      found.push(...(await findings()).map((finding) => `${view}, ${theme}: ${finding}`));
    }
    return found;
  }

  test('in a page that has not run anything', async () => {
    await open.page.waitForSelector('.monaco-editor .view-line');
    expect.soft(await look('idle')).toEqual([]);
  });

  test('in each tab after a run', async () => {
    const { results } = await runProgram(open.page, source);
    expect(results?.lanes.map(({ state }) => state)).toEqual(['done', 'done']);
    const tabs = open.page.getByRole('tab');
    const names = await tabs.allTextContents();
    expect(names.length).toBeGreaterThan(4);
    for (const index of names.keys()) {
      await tabs.nth(index).click();
      expect.soft(await look(names[index] ?? '')).toEqual([]);
    }
  });

  test('in what is counted and measured of an fp16 lane', async () => {
    const { results } = await runProgram(open.page, halfSource);
    expect(results?.lanes[1]?.numberLines?.step).toBe(5);
    for (const name of ['Precision', 'Timeline']) {
      await open.page.getByRole('tab', { name }).click();
      expect.soft(await look(name)).toEqual([]);
    }
  });

  test('on a failure, and on a problem in the text', async () => {
    await runProgram(
      open.page,
      "import { program } from 'lockstep';\nexport default program({ lanes: ['1xfp32'] }, () => { throw new Error('no'); });\n",
    );
    await open.page.waitForSelector('[role=alert]');
    expect.soft(await look('failure')).toEqual([]);
    await runProgram(open.page, 'const = 1;\n');
    await open.page.waitForSelector('.refused');
    expect.soft(await look('problem')).toEqual([]);
  });

  test('in each dialog', async () => {
    for (const name of [/^Gallery/u, /^Runs/u, /^Keyboard shortcuts/u, /^WebGPU|llvmpipe|swiftshader/iu]) {
      await open.page.getByRole('button', { name }).first().click();
      await open.page.waitForSelector('dialog[open]');
      expect.soft(await look(String(name))).toEqual([]);
      await open.page.keyboard.press('Escape');
      await open.page.waitForSelector('dialog[open]', { state: 'detached' });
    }
  });
});
