// Does it answer at once? `npm run bench -- latency`: Stop inside `while (true)` with four ranks, Run to the first finished step, long
// tasks of the page while four lanes train, a deadlock until it is named, size of the shell. Each beside what the browser itself needs for the same thing, or
// beside a control, in one browser on one machine.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBenchBrowser, type BenchBrowser } from './bench-page.ts';
import { deadlockOnce } from './deadlock-latency.ts';
import { firstStepMs, openProgram } from './first-step.ts';
import { longTasksIdle, longTasksOfRun, type MainThreadTimes } from './long-tasks.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';
import { shellSize } from './shell-size.ts';
import { stopOnce, type StopTimes } from './stop-latency.ts';
import { bareClickMs, bareTerminate, bareWorkerStartMs, type BareTerminate } from './yardsticks.ts';

const spiral = readFileSync(join(import.meta.dirname, '..', 'src', 'experiments', 'spiral.ts'), 'utf8');
const rankCount = 4;
/** Steps of each lane in the run whose long tasks are counted. */
const longTaskSteps = 20;
const mostDeadlockMs = 5000;
/** How long the idle page is watched beside each run. */
const idleMs = 3000;

interface Part {
  readonly name: string;
  readonly run: (
    browser: BenchBrowser,
    repeats: number,
    say: (line: string) => void,
  ) => Promise<{ readonly measurements: readonly Measurement[]; readonly notes?: readonly string[] }>;
}

const parts: readonly Part[] = [
  { name: 'stop', run: measureStop },
  { name: 'first-step', run: measureFirstStep },
  { name: 'long-tasks', run: measureLongTasks },
  { name: 'deadlock', run: measureDeadlock },
  { name: 'shell', run: measureShell },
];

/** Runs every part, or the one that `--only` names. */
export async function bench({ repeats, adapter, only, say }: BenchOptions): Promise<BenchReport> {
  const chosen = parts.filter(({ name }) => only === null || only === name);
  if (chosen.length === 0) throw new Error(`--only: expected one of ${parts.map(({ name }) => name).join(', ')}, got ${only}.`);
  const browser = await openBenchBrowser(adapter, say);
  try {
    const measurements: Measurement[] = [];
    const notes: string[] = [];
    for (const part of chosen) {
      say(`${part.name} …`);
      const measured = await part.run(browser, repeats, say);
      measurements.push(...measured.measurements);
      notes.push(...(measured.notes ?? []));
    }
    return reportOf({ benchmark: 'latency', adapter, browser: `Chromium ${browser.browser.version()}`, repeats }, measurements, notes);
  } finally {
    await browser.close();
  }
}

/** A card within five seconds of the moment when every rank waits. */
async function measureDeadlock(browser: BenchBrowser, repeats: number, say: (line: string) => void): ReturnType<Part['run']> {
  const page = await browser.openPage();
  const times: number[] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    times.push(await deadlockOnce(page));
    say(`  ${repeat}/${repeats}: named after ${times.at(-1)?.toFixed(0)} ms`);
  }
  await page.close();
  return { measurements: [measurement('deadlock of two ranks, from waiting to the card', 'ms', times, { limit: mostDeadlockMs })] };
}

async function measureStop(browser: BenchBrowser, repeats: number, say: (line: string) => void): ReturnType<Part['run']> {
  const blank = await browser.openBlank();
  const page = await browser.openPage();
  await page.evaluate((text) => window.lockstepPage?.run({ source: text, fileName: 'spiral.ts', lanes: '1xfp32', steps: 5 }), spiral); // the compiler is up
  const times: StopTimes[] = [];
  const terminate: BareTerminate[] = [];
  const click: number[] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    await blank.bringToFront();
    terminate.push(await bareTerminate(blank, rankCount));
    click.push(await bareClickMs(blank));
    await page.bringToFront();
    const stop = await stopOnce(page, spiral);
    times.push(stop);
    say(
      `  ${repeat}/${repeats}: idle after ${stop.idleMs.toFixed(1)} ms, workers gone after ${stop.goneMs.toFixed(1)} ms, next step after ${stop.nextStepMs.toFixed(0)} ms`,
    );
  }
  await page.close();
  await blank.close();
  const bareGone = `bare: ${rankCount} spinning workers gone after terminate()`;
  const bareClick = 'bare: click to the next frame';
  return {
    measurements: [
      measurement(
        `bare: terminate() of ${rankCount} spinning workers returns`,
        'ms',
        terminate.map(({ callMs }) => callMs),
      ),
      measurement(bareClick, 'ms', click),
      measurement(
        bareGone,
        'ms',
        terminate.map(({ goneMs }) => goneMs),
      ),
      measurement(
        'Stop to idle, in while (true), 4 ranks',
        'ms',
        times.map(({ idleMs }) => idleMs),
        { limit: 100, yardstick: bareClick },
      ),
      measurement(
        'Stop to all workers gone, from outside',
        'ms',
        times.map(({ goneMs }) => goneMs),
        { yardstick: bareGone },
      ),
      measurement(
        'Run right after Stop to its first step',
        'ms',
        times.map(({ nextStepMs }) => nextStepMs),
      ),
    ],
  };
}

async function measureFirstStep(browser: BenchBrowser, repeats: number, say: (line: string) => void): ReturnType<Part['run']> {
  const blank = await browser.openBlank();
  const page = await browser.openPage();
  await openProgram(page, spiral);
  const start: number[] = [];
  const step: number[] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    await blank.bringToFront();
    start.push(await bareWorkerStartMs(blank));
    await page.bringToFront();
    step.push(await firstStepMs(page));
    say(`  ${repeat}/${repeats}: ${step.at(-1)?.toFixed(0)} ms`);
  }
  await page.close();
  await blank.close();
  const yardstick = 'bare start of a data: worker';
  return {
    measurements: [
      measurement(yardstick, 'ms', start),
      measurement('Run to first finished step, spiral, warm', 'ms', step, { limit: 1000, yardstick }),
    ],
  };
}

async function measureLongTasks(browser: BenchBrowser, repeats: number, say: (line: string) => void): ReturnType<Part['run']> {
  // Both pages stay open and take turns, in alternating order, so that drift of the machine falls on both alike.
  const shown = await browser.openPage();
  const detached = await browser.openPage({ panels: 'off' });
  const withPanels: MainThreadTimes[] = [];
  const withoutPanels: MainThreadTimes[] = [];
  const idle: number[] = [];
  const measure = async (isShown: boolean): Promise<void> => {
    const page = isShown ? shown : detached;
    await page.bringToFront();
    (isShown ? withPanels : withoutPanels).push(await longTasksOfRun(page, spiral, longTaskSteps));
  };
  await shown.bringToFront();
  await longTasksOfRun(shown, spiral, 5); // the compiler and the first layout are not what is measured
  await detached.bringToFront();
  await longTasksOfRun(detached, spiral, 5);
  for (let repeat = 1; repeat <= repeats; repeat++) {
    await measure(repeat % 2 === 0);
    await measure(repeat % 2 === 1);
    idle.push(await longTasksIdle(shown, idleMs));
    say(
      `  ${repeat}/${repeats}: ${withPanels.at(-1)?.taskCount} long tasks with panels, ${withoutPanels.at(-1)?.taskCount} without, ${idle.at(-1)} idle`,
    );
  }
  await shown.close();
  await detached.close();
  const control = 'long tasks, panels detached';
  const total = (runs: readonly MainThreadTimes[]): number => runs.reduce((sum, { taskCount }) => sum + taskCount, 0);
  return {
    measurements: [
      measurement(`long tasks, idle page, ${idleMs / 1000} s`, 'tasks', idle),
      measurement(
        control,
        'tasks',
        withoutPanels.map(({ taskCount }) => taskCount),
      ),
      measurement(
        'long tasks, four lanes on the panels',
        'tasks',
        withPanels.map(({ taskCount }) => taskCount),
        { yardstick: control },
      ),
      measurement(
        'time in long tasks, panels detached',
        'ms',
        withoutPanels.map(({ taskMs }) => taskMs),
      ),
      measurement(
        'time in long tasks, with panels',
        'ms',
        withPanels.map(({ taskMs }) => taskMs),
        { yardstick: 'time in long tasks, panels detached' },
      ),
      measurement(
        'run of four lanes, with panels',
        'ms',
        withPanels.map(({ runMs }) => runMs),
      ),
    ],
    notes: [
      `long tasks over all ${repeats} runs: ${total(withPanels)} with panels, ${total(withoutPanels)} with the panels detached; 4 lanes of ${longTaskSteps} steps each.`,
    ],
  };
}

async function measureShell(browser: BenchBrowser): ReturnType<Part['run']> {
  const { totalKb, files } = await shellSize(browser.dist);
  const listed = files.map(({ path, kb }) => `${path} ${kb.toFixed(1)}`).join(', ');
  return {
    measurements: [measurement('shell without Monaco, gzip -9', 'KB', [totalKb], { limit: 80 })],
    notes: [`shell files, KB: ${listed}.`],
  };
}
