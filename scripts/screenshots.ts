// Takes the screenshots in docs/screenshots/ from the built page, with real runs: idle, gallery, training, done, verdict, timeline, as a cluster, inside a
// step, failed, kept runs, two of them compared; each light and dark, at 1440, 1920 and 390 pixels. `node scripts/ts.mjs scripts/screenshots.ts`; needs
// what `npm test` provides and about ten minutes.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import { adapterNamed, root } from '../test/support/chromium.ts';
import { openBuiltPage } from '../test/support/open-page.ts';

const folder = join(root, 'docs/screenshots');
const sizes = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
] as const;

async function shoot(page: Page, state: string, settle: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of sizes) {
      await page.setViewportSize(size);
      await page.waitForTimeout(1500); // charts redraw a few times a second
      await settle();
      await page.screenshot({ path: join(folder, `${state}-${colorScheme}-${size.width}.png`) });
    }
  }
  await page.setViewportSize(sizes[0]);
}

mkdirSync(folder, { recursive: true });
const { page, complaints, close } = await openBuiltPage(adapterNamed('llvmpipe'), { context: { viewport: sizes[0] } });
await page.locator('.monaco-editor .view-line').first().waitFor();
await shoot(page, 'idle');
await page.getByRole('button', { name: /^Gallery/u }).click();
await page.locator('dialog[open]').waitFor();
await shoot(page, 'gallery');
await page.keyboard.press('Escape');

const source = readFileSync(join(root, 'src/experiments/mnist.ts'), 'utf8');
await page.locator('.schedule-select').selectOption('turns'); // so that all four curves move, also where a machine would take one at a time
await page.locator('#run-button').click();
await page.waitForFunction(() => document.querySelectorAll('.lane-tile.is-running').length >= 4, undefined, { timeout: 200_000 });
await page.waitForTimeout(25_000);
await shoot(page, 'training');
await page.locator('#run-button.is-primary').waitFor({ timeout: 400_000 }); // Stop has become Run again
await shoot(page, 'done');
await shoot(page, 'verdict', () => page.locator('.verdict').evaluate((panel) => panel.scrollIntoView({ block: 'start' })));

await timeline();
await page.locator('#tab-cluster').click();
await page.locator('.cluster-verdict').waitFor();
await shoot(page, 'cluster', () => page.locator('.cluster').evaluate((panel) => panel.scrollIntoView({ block: 'start' })));

await inside();
const failing = source.replace('dense({ units: 10 })', 'dense({ units: 9 })');
await page.evaluate(async (text) => window.lockstepPage?.run({ source: text, fileName: 'mnist.ts' }), failing);
await shoot(page, 'failed');
await runs();

/** The last steps of the widest lane, with the step before them pinned. */
async function timeline(): Promise<void> {
  await page.locator('#tab-timeline').click();
  await page.locator('.gantt canvas').focus();
  await page.keyboard.press('p');
  await page.waitForTimeout(500);
  await shoot(page, 'timeline', () => page.locator('.timeline').evaluate((panel) => panel.scrollIntoView({ block: 'start' })));
}

/** The kept runs; then a run with another learning rate beside the one it was edited from. */
async function runs(): Promise<void> {
  const spiral = readFileSync(join(root, 'src/experiments/spiral.ts'), 'utf8');
  for (const rate of ['1e-2', '3e-2']) {
    const text = spiral.replace('learningRate: 1e-2', `learningRate: ${rate}`);
    await page.evaluate((program) => window.lockstepPage?.run({ source: program, fileName: 'spiral.ts', lanes: '1xfp32' }), text);
  }
  await page.getByRole('button', { name: /^Runs/u }).click();
  await page.locator('.history-fold').first().click();
  await shoot(page, 'runs');
  await page.getByRole('button', { name: 'Compare with what it was edited from' }).click();
  await page.locator('.history-compare').waitFor();
  await shoot(page, 'compare');
}

/** Some steps of four ranks, then one that is looked into. */
async function inside(): Promise<void> {
  await page.evaluate(
    (text) => void window.lockstepPage?.run({ source: text, fileName: 'mnist.ts', lanes: '4xfp32', schedule: 'turns', isPaused: true }),
    source,
  );
  const paused = page.locator('.phase.is-paused');
  await paused.waitFor({ timeout: 120_000 });
  await page.locator('#tab-inside').click();
  for (let step = 0; step < 5; step++) {
    await page.evaluate(() => window.lockstepPage?.step());
    await page.waitForTimeout(1500);
  }
  await page.locator('.inside-phase:last-child .phase-card').first().waitFor();
  await shoot(page, 'inside', () => page.locator('.inside').evaluate((panel) => panel.scrollIntoView({ block: 'start' })));
  await page.evaluate(() => window.lockstepPage?.reset());
}

for (const complaint of complaints) console.log(complaint);
await close();
