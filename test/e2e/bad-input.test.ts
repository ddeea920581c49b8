// Plan: every way a program can be wrong gives a card with the user's own line, what was expected, what came and what to do; and a
// program that never returns can be stopped. After each, the page runs the next program.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../src/cli/browsers/page-driver.ts';
import { browserUnderTest, openPage } from '../support/open-any.ts';
import type { AnyPage } from '../support/open-any.ts';
import { endOfProgram, runProgram, startProgram } from '../support/run-program.ts';

let open: AnyPage;

beforeAll(async () => {
  open = await openPage();
});

afterAll(async () => {
  expect(open.page.complaints).toEqual([]);
  await open.close();
});

const head = "import * as tf from '@tensorflow/tfjs';\nimport { datasets, experiment, program } from 'lockstep';\n";

/** A program that works, with some fields replaced. */
function experimentWith(fields: Readonly<Record<string, string>>): string {
  const all = {
    title: "'Tiny'",
    data: '() => datasets.iris()',
    model: '() => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] })',
    loss: "'softmaxCrossEntropy'",
    optimizer: "{ name: 'sgd', learningRate: 0.05 }",
    globalBatch: '12',
    steps: '5',
    lanes: "[{ worldSize: 1, precision: 'fp32' }]",
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `  ${name}: ${value},`);
  return `${head}export default experiment({\n${lines.join('\n')}\n});\n`;
}

interface Expectation {
  readonly code: string;
  /** Text of the line that the card shows. */
  readonly line: RegExp;
  readonly message: RegExp;
}

const wrongPrograms: readonly (readonly [string, string, Expectation])[] = [
  [
    'throws at the top level',
    `${head}throw new Error('no program today');\n`,
    { code: 'program-threw', line: /no program today/, message: /Error: no program today/ },
  ],
  [
    'throws in model()',
    experimentWith({ model: "() => { throw new TypeError('no model'); }" }),
    { code: 'program-threw', line: /no model/, message: /TypeError: no model/ },
  ],
  [
    'exports nothing',
    `${head}experiment;\n`,
    { code: 'program-invalid', line: /^$/, message: /export default experiment\(\{ … \}\).*no default export/ },
  ],
  [
    'returns no model',
    experimentWith({ model: '() => undefined as never' }),
    { code: 'program-invalid', line: /model:/, message: /model: expected a tf\.LayersModel, got nothing: is a return missing\?/ },
  ],
  [
    'returns no data',
    experimentWith({ data: '() => 7 as never' }),
    { code: 'data-invalid', line: /data:/, message: /data: expected an object \{ train: \{ x, y \}, test: \{ x, y \} \}, got number/ },
  ],
  [
    'has no samples',
    experimentWith({ data: '() => ({ train: { x: tf.zeros([0, 4]), y: tf.zeros([0, 3]) }, test: null })' }),
    { code: 'data-invalid', line: /data:/, message: /data\.train\.x: expected at least one sample/ },
  ],
  [
    'gives the model data of another shape',
    experimentWith({ model: '() => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [5] })] })' }),
    {
      code: 'shape-mismatch',
      line: /model:/,
      message: /its input is \[batch, 5\], one sample of the data is \[4\]\. Set inputShape: \[4\]/,
    },
  ],
  [
    'predicts another number of classes',
    experimentWith({ model: '() => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] })' }),
    {
      code: 'shape-mismatch',
      line: /loss:/,
      message: /the model gives \[12, 2\], the labels are \[12, 3\]\. Make the last layer 3 units wide/,
    },
  ],
  [
    'has a loss that is no scalar',
    experimentWith({ loss: '(pred) => pred as never' }),
    { code: 'program-invalid', line: /loss:/, message: /loss: expected a scalar tensor, got a tensor of shape \[12, 3\]/ },
  ],
  [
    'has a loss that becomes NaN',
    experimentWith({ loss: '(pred, y) => tf.log(tf.sub(tf.mean(tf.mul(pred, y)), 1e6)) as tf.Scalar' }),
    { code: 'not-finite', line: /loss:/, message: /loss: NaN at step 1/ },
  ],
  [
    'has an unknown lane option',
    experimentWith({ lanes: "[{ worldSize: 1, precision: 'fp32', speed: 9 } as never]" }),
    {
      code: 'config-invalid',
      line: /lanes:/,
      message: /lanes\[0\]\.speed: unknown lane option; a lane takes label, worldSize, precision, allReduce/,
    },
  ],
  [
    'has a world size of 0',
    experimentWith({ lanes: "[{ worldSize: 0, precision: 'fp32' }]" }),
    { code: 'config-invalid', line: /worldSize: 0/, message: /lanes\[0\]\.worldSize: expected a whole number from 1 to 64, got 0/ },
  ],
  [
    'has steps below 1',
    experimentWith({ steps: '-1' }),
    { code: 'config-invalid', line: /steps: -1/, message: /steps: expected a whole number from 1, got -1/ },
  ],
  [
    'has a batch that the ranks cannot share',
    experimentWith({ globalBatch: '100', lanes: "[{ worldSize: 3, precision: 'fp32' }]" }),
    { code: 'config-invalid', line: /globalBatch: 100/, message: /globalBatch: expected a multiple of the lane's 3 ranks, got 100/ },
  ],
  [
    'names an optimizer that is not there',
    experimentWith({ optimizer: "{ name: 'lion', learningRate: 1 } as never" }),
    { code: 'config-invalid', line: /optimizer/, message: /optimizer\.name: expected one of/ },
  ],
  [
    'receives on both ranks before it sends',
    `${head}export default program({ lanes: ['2xfp32'] }, async (ctx) => {\n  await ctx.dist.recv([1], 1 - ctx.rank);\n});\n`,
    { code: 'deadlock', line: /^$/, message: /rank 0 waits in recv from rank 1 .*; rank 1 waits in recv from rank 0 / },
  ],
  [
    'asks for more data than there are',
    experimentWith({ data: '() => datasets.mnist({ train: 70000 })' }),
    { code: 'data-invalid', line: /mnist/, message: /datasets\.mnist.*60000|60,000/ },
  ],
];

/** Stacks, and what ranks wait for, are the engine's; what is read off a checked option is the same in all of them. */
const ofTheEngine: ReadonlySet<string> = new Set([
  'throws at the top level',
  'throws in model()',
  'gives the model data of another shape',
  'has a loss that becomes NaN',
  'has an unknown lane option',
  'receives on both ranks before it sends',
  'asks for more data than there are',
]);
const triedHere = wrongPrograms.filter(([what]) => browserUnderTest === 'chromium' || ofTheEngine.has(what));

/** A strict function's last call takes over its frame in WebKit (proper tail calls), so the program's line is not on the stack. */
const withoutFrameInWebkit: ReadonlySet<string> = new Set(['asks for more data than there are']);

describe('a program that', () => {
  test.each(triedHere)('%s is refused with its line and what to do', async (what, source, expected) => {
    const { failures, results } = await runProgram(open.page, source);
    expect(failures.map((failure) => failure.code)).toEqual([expected.code]);
    expect(failures[0]?.message).toMatch(expected.message);
    const hasNoFrame = browserUnderTest === 'webkit' && withoutFrameInWebkit.has(what);
    expect(failures[0]?.place?.text ?? '').toMatch(hasNoFrame ? /^$/ : expected.line);
    // On the CPU a step that failed has nothing to wait for, and is counted before its error arrives.
    const mostSteps = expected.code === 'not-finite' ? Infinity : Number(browserUnderTest === 'webkit');
    expect(results?.lanes.every((lane) => lane.steps <= mostSteps)).toBe(true);
    const isOnCard = (message: string): boolean => document.querySelector('[role="alert"]')?.textContent.includes(message) ?? false;
    await waitFor(open.page, 'a card with the message', isOnCard, failures[0]?.message ?? '', 10_000);
  });

  test('has a syntax error does not start, and the problem has its place', async () => {
    const { results, problems } = await runProgram(open.page, `${head}export default experiment({;\n`);
    expect(results).toBeNull();
    expect(problems[0]).toMatchObject({ stopsRun: true, severity: 'error', line: 3 });
  });

  test('imports something else is marked and does not start, naming what is offered', async () => {
    const { results, problems } = await runProgram(open.page, "import fs from 'node:fs';\nexport default fs;\n");
    expect(results).toBeNull();
    const problem = problems.find((each) => each.stopsRun);
    expect(problem).toMatchObject({ line: 1 });
    for (const name of ['@tensorflow/tfjs', 'lockstep', 'lockstep/lab']) expect(problem?.message).toContain(name);
  });

  test('has only type errors runs, with the errors marked', async () => {
    const { results, problems } = await runProgram(
      open.page,
      experimentWith({ title: "'Typed'" }).replace('export default', 'const wrong: number = "text";\nconsole.log(wrong);\nexport default'),
    );
    expect(problems.map((problem) => problem.stopsRun)).toEqual([false]);
    expect(results?.lanes[0]?.state).toBe('done');
  });
});

const endless: readonly (readonly [string, string])[] = [
  ['at the top level', `${head}while (true) {}\n`],
  ['in model()', experimentWith({ model: '() => { while (true) {} }' })],
  [
    'in the loss, with four ranks',
    experimentWith({ loss: '(pred) => { while (true) {} return pred as tf.Scalar; }', lanes: "[{ worldSize: 4, precision: 'fp32' }]" }),
  ],
];

describe('an endless loop', () => {
  test.each(endless.filter(([where]) => browserUnderTest === 'chromium' || where !== 'in model()'))(
    '%s leaves the page responsive, can be stopped, and the next run works',
    async (_where, source) => {
      await startProgram(open.page, source);
      const isStop = (): boolean => document.querySelector('#run-button.is-stop') !== null;
      await waitFor(open.page, 'the Stop button', isStop, null, 10_000);
      expect(await open.page.evaluate(() => 6 * 7, null)).toBe(42);
      await open.page.click('#run-button');
      const { results, failures } = await endOfProgram(open.page);
      expect(failures).toEqual([]);
      expect(results?.lanes.filter((lane) => lane.state !== 'stopped') ?? []).toEqual([]); // no lanes yet where the top level loops
      const next = await runProgram(open.page, experimentWith({}));
      expect(next.results?.lanes[0]?.state).toBe('done');
    },
  );
});

test('a flood of lines, large views and numbers that are none ends well: what was lost is counted, what was wrong is said', async () => {
  const source = `${head}export default program({ lanes: ['1xfp32'] }, async (ctx) => {
  for (let step = 1; step <= 3; step++) {
    await ctx.step(async () => {
      for (let at = 0; at < 20000; at++) console.log('line ' + step + '.' + at);
      console.error('still heard');
      ctx.show.table(Array.from({ length: 10000 }, (_, row) => ({ row, step })), 'rows');
      ctx.show.heatmap([[1, 2], [3]], 'ragged');
      ctx.log({ loss: 1 / step, gradNorm: step % 2 ? NaN : Infinity });
    });
  }
});
`;
  const { results, failures, consoleTexts } = await runProgram(open.page, source);
  expect([failures, results?.lanes[0]?.state, results?.lanes[0]?.steps]).toEqual([[], 'done', 3]);
  expect(consoleTexts).toContain('still heard');
  expect(consoleTexts).toContain(
    'show.heatmap: expected rows of one length, got 2 values in row 0 and 1 in row 1. This view is not shown.',
  );
  expect(consoleTexts.length).toBeLessThan(6000); // a thousand at once and a thousand a second, of 60,000
  const says = ([place, pattern]: readonly [string, string]): boolean =>
    new RegExp(pattern, 'u').test(document.querySelector(place)?.textContent ?? '');
  await open.page.click('#tab-console');
  await waitFor(open.page, 'the number of lost lines', says, ['.console-lost', String.raw`^5\d,\d{3} lines dropped`]);
  await open.page.click('#tab-views');
  await waitFor(open.page, 'the first page of the table', says, ['.view-pages', '^1–100 of 10,000$']);
});
