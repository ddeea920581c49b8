// What a flood costs the page: frames a second, as requestAnimationFrame comes, while a program says 50,000 lines a second, shows a table of
// 10,000 rows in every step, or logs nothing but NaN and infinities. One run for each; within it two seconds of flood and two seconds
// without take turns, by the clock, so that both meet the same machine. Without the flood the program does the same work and keeps it
// to itself. The first 300 ms of each turn are left out, because what was said in the one before is still arriving.

import type { Page } from 'playwright-core';
import { openBenchBrowser, untilWarm } from './bench-page.ts';
import { measurement, reportOf } from './measurement.ts';
import type { BenchOptions, BenchReport, Measurement } from './measurement.ts';

const turnMs = 2000;
const settleMs = 300;
/** With the flood the page keeps at least so much of its frame rate. */
const keptShare = 0.8;

/** What each flood does in a step; `isFlood` says whether it is let out. */
const floods: Readonly<Record<string, string>> = {
  lines: `
    const owed = Math.min(2000, Math.round((performance.now() - last) * 50)); // 50,000 a second
    last = performance.now();
    for (let at = 0; at < owed; at++) {
      const line = 'step ' + step + ', line ' + at + ': ' + Math.sin(at);
      if (isFlood) { console.log(line); said++; } else kept = line.length;
    }`,
  table: `
    const rows = Array.from({ length: 10000 }, (_, at) => ({ row: at, step, value: Math.sin(at + step), name: 'row ' + at }));
    if (isFlood) { ctx.show.table(rows, 'rows'); said++; } else kept = rows.length;`,
  metrics: `
    const values = isFlood ? [NaN, Infinity, -Infinity] : [1, 2, 3];
    for (let at = 0; at < 20; at++) logged['m' + at] = values[at % 3];
    if (isFlood) said += 20;`,
};

const programOf = (flood: string): string => `
import * as tf from '@tensorflow/tfjs';
import { program } from 'lockstep';

export default program({ title: 'Flood', lanes: ['1xfp32'] }, async (ctx) => {
  const until = Date.now() + DURATION_MS;
  let last = performance.now();
  let kept = 0;
  let said = 0;
  for (let step = 1; Date.now() < until; step++) {
    const isFlood = Math.floor(Date.now() / ${turnMs}) % 2 === 1;
    await ctx.step(async () => {
      const logged = { loss: 1 / step };
      ${flood}
      ctx.log(logged);
      await new Promise((resolve) => setTimeout(resolve, 10));
    });
  }
  console.warn('said ' + said);
});
`;

/** Milliseconds per frame in each turn, by whether the flood was let out in it, and what the page says was lost. */
interface Turns {
  readonly quiet: readonly number[];
  readonly flooded: readonly number[];
  readonly notice: string;
  /** Lines, tables or numbers that the program let out in a second of flood. */
  readonly saidPerSecond: number;
  readonly steps: number;
}

/** Runs the floods; `--only lines` one of them, `--repeats` turns of each kind. */
export async function bench(options: BenchOptions): Promise<BenchReport> {
  const { openPage, browser, close } = await openBenchBrowser(options.adapter, options.say);
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  try {
    for (const [name, flood] of Object.entries(floods)) {
      if (options.only !== null && options.only !== name) continue;
      options.say(`flood of ${name}: ${(options.repeats * 2 * turnMs) / 1000} s`);
      const page = await openPage();
      const { quiet, flooded, notice, saidPerSecond, steps } = await framesOfRun(page, programOf(flood), options.repeats);
      await page.close();
      const middle = quiet.toSorted((a, b) => a - b)[quiet.length >> 1] ?? NaN;
      measurements.push(
        measurement(`${name}: a frame without`, 'ms', quiet),
        measurement(`${name}: a frame with it`, 'ms', flooded, { limit: middle / keptShare, yardstick: `${name}: a frame without` }),
      );
      notes.push(`${name}: ${Math.round(saidPerSecond)} a second of flood, in ${steps} steps; the page says “${notice}”`);
    }
    const place = { benchmark: 'flood', adapter: options.adapter, browser: `Chromium ${browser.version()}`, repeats: options.repeats };
    return reportOf(place, measurements, notes);
  } finally {
    await close();
  }
}

/** One run of so many turns of each kind. */
async function framesOfRun(page: Page, source: string, repeats: number): Promise<Turns> {
  await untilWarm(page);
  const { times, said, steps } = await page.evaluate(
    async (text) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
      let times: number[] = [];
      let isOver = false;
      const note = (): void => {
        times.push(Date.now());
        if (!isOver) requestAnimationFrame(note);
      };
      let isBegun = false;
      let said = 0;
      const end = api.subscribe((event) => {
        if (event.type === 'console' && event.line.level === 'warn') said = Number(/^said (\d+)$/.exec(event.line.text)?.[1] ?? said);
        if (event.type !== 'steps' || isBegun) return;
        isBegun = true;
        times = []; // from the first step on
        requestAnimationFrame(note);
      });
      const { results } = await api.run({ source: text, fileName: 'flood.ts' });
      isOver = true;
      end();
      const lane = results?.lanes[0];
      if (lane?.state !== 'done')
        throw new Error(`bench: expected the lane to be done, got ${lane?.state ?? 'none'}: ${lane?.error?.message ?? ''}`);
      return { times, said, steps: lane.steps };
    },
    source.replace('DURATION_MS', String((repeats * 2 + 2) * turnMs)),
  );
  const notice = await page.evaluate(() => {
    document.getElementById('tab-console')?.click();
    return new Promise<string>((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelector('.console-lost')?.textContent ?? 'nothing')));
    });
  });
  const floodedSeconds = (Math.max(1, (times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000) * 0.5;
  return { ...turnsOf(times), notice, saidPerSecond: said / floodedSeconds, steps };
}

/** Milliseconds per frame of every whole turn. */
function turnsOf(times: readonly number[]): Pick<Turns, 'quiet' | 'flooded'> {
  const first = Math.ceil((times[0] ?? 0) / turnMs);
  const last = Math.floor((times.at(-1) ?? 0) / turnMs) - 1;
  const quiet: number[] = [];
  const flooded: number[] = [];
  for (let turn = first; turn <= last; turn += 1) {
    const from = turn * turnMs + settleMs;
    const count = times.filter((at) => at >= from && at < (turn + 1) * turnMs).length;
    (turn % 2 === 1 ? flooded : quiet).push((turnMs - settleMs) / Math.max(1, count));
  }
  return { quiet, flooded };
}
