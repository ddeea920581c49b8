// Plan: what the project's own cases say passes; cases of the same kinds with other numbers, which are computed here in another way,
// pass too; a wrong expectation fails; what nothing computes is unsupported. `npm run reference` turns them into lines, JSON and exit codes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstDifference } from '../../src/cli/reference/compare-fields.ts';
import type { Fields, ReferenceCase } from '../../src/cli/reference/reference-case.ts';
import { runReference } from '../../src/cli/reference/reference-command.ts';
import { runCase, type CaseReport } from '../../src/cli/reference/run-case.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import distributed from '../reference/distributed.json' with { type: 'json' };
import float16 from '../reference/float16.json' with { type: 'json' };
import lossScale from '../reference/loss-scale.json' with { type: 'json' };
import optimizers from '../reference/optimizers.json' with { type: 'json' };
import precisionModes from '../reference/precision-modes.json' with { type: 'json' };

const own: readonly ReferenceCase[] = [...distributed, ...float16, ...lossScale, ...optimizers, ...precisionModes];

const caseOf = (id: string, input: Fields, expected: Fields, tol = 0): ReferenceCase => ({
  id,
  topic: 'distributed',
  source: 'computed in this test',
  input,
  expected,
  tol,
});

describe('a reference case', () => {
  it.each(own.map((given) => [given.id, given] as const))('of the project passes: %s', async (_id, given) => {
    expect(await runCase(given)).toMatchObject({ status: 'pass', error: null, expected: given.expected });
  });

  it('fails where a single expected number is off by more than its tolerance, and says which', async () => {
    const given = own.find(({ id }) => id === 'ddp/linear-2w');
    if (given === undefined) throw new Error('no such case');
    const wrong = { ...given, expected: { ...given.expected, b_after3: 0.44703 } };
    const report = await runCase(wrong);
    expect(report.status).toBe('fail');
    expect(report.error).toMatch(/^rank 0 of 1: b_after3: expected 0\.44703, got 0\.44699\d+, .* apart where 0\.00001 is allowed\.$/);
    expect(report.got).toMatchObject({ b_after3: [expect.closeTo(0.44699, 4)] });
  });

  it.each(own.map((given) => [given.id, given] as const))('of the project fails with another expectation: %s', async (_id, given) => {
    expect((await runCase({ ...given, expected: shifted(given.expected) as Fields })).status).toBe('fail');
  });

  it.each([
    ['of no known kind', caseOf('nobody/knows', { x: 1 }, { y: 2 })],
    [
      'that asks for one thing more than is computed',
      caseOf(
        'ddp/sampler-x',
        { N: 4, world: 2 },
        {
          indices: [
            [0, 2],
            [1, 3],
          ],
          entropy: 1,
        },
      ),
    ],
    ["that wants torch's own random order", caseOf('ddp/sampler-x', { N: 4, world: 2, shuffle: true }, { indices: [] })],
    ['about another optimizer', caseOf('opt/nadam', { w0: [1], grads: [[1]] }, { w_after_each_step: [[0]] })],
  ])('is unsupported, not failed: one %s', async (_what, given) => {
    const report = await runCase(given);
    expect(report.status).toBe('unsupported');
    expect(report.error).toMatch(/./);
  });

  it('fails, with the field, where its input cannot be read', async () => {
    const report = await runCase(caseOf('ddp/sampler-x', { N: 'ten', world: 2 }, { indices: [] }));
    expect(report).toMatchObject({ status: 'fail', got: null, error: 'input.N: expected a number, got "ten".' });
  });

  it.each([
    [3, 10, true],
    [3, 9, true],
    [4, 2, false],
    [5, 23, true],
    [7, 50, false],
  ])(
    "with other samplers: %i ranks, %i samples, drop_last %s, against torch's slicing of a padded list",
    async (world, count, dropLast) => {
      // torch/utils/data/distributed.py, word for word: pad by repeating from the start, or cut; then indices[rank::world].
      const all = Array.from({ length: count }, (_, index) => index);
      const total = dropLast && count % world !== 0 ? Math.ceil((count - world) / world) * world : Math.ceil(count / world) * world;
      while (all.length < total) all.push(...all.slice(0, Math.min(all.length, total - all.length)));
      const indices = Array.from({ length: world }, (_, rank) => all.slice(0, total).filter((_index, place) => place % world === rank));
      expect(await runCase(caseOf('ddp/sampler-other', { N: count, world, drop_last: dropLast }, { indices }))).toMatchObject({
        status: 'pass',
      });
    },
  );

  it.each([
    [1, 4000],
    [3, 6_653_480],
    [5, 4],
    [7, 0],
    [8, 100_000],
  ])('with the bytes of other rings: %i ranks, %i bytes', async (world, bytes) => {
    const expected = { sent_per_rank_exact: ((2 * (world - 1)) / world) * bytes, total: 2 * (world - 1) * bytes, steps: 2 * (world - 1) };
    expect(await runCase(caseOf('ddp/ring-bytes-other', { world, bytes }, expected))).toMatchObject({ status: 'pass', error: null });
  });

  it('with the bytes of another way to all-reduce, which the id names', async () => {
    // Rank 0 gets (N − 1) times the data and sends as much; the others send and get it once.
    const expected = { sent_per_rank_exact: (2 * 3 * 400) / 4, total: 2 * 3 * 400, steps: 3 };
    expect(await runCase(caseOf('ddp/naive-bytes', { world: 4, bytes: 400 }, expected))).toMatchObject({ status: 'pass', error: null });
  });

  it('with another linear model: two outputs, other numbers, five steps, against float64 on the whole batch', async () => {
    const input = {
      X: [
        [1, 0.5, -1],
        [0.25, 2, 1],
        [-1.5, 1, 0],
        [2, -0.5, 0.75],
      ],
      Y: [
        [1, 0],
        [0.5, -1],
        [2, 0.25],
        [-1, 1],
      ],
      W: [
        [0.1, -0.2, 0.3],
        [0, 0.5, -0.5],
      ],
      b: [0.05, -0.1],
      loss: 'mean squared error over local shard',
      lr: 0.05,
      steps: 5,
      optimizer: 'SGD',
    };
    const expected = trainInFloat64(input);
    // 1e-6: f32 against float64, a few roundings of values around 1 in each of five steps.
    expect(await runCase(caseOf('ddp/linear-other', input, expected, 1e-6))).toMatchObject({ status: 'pass', error: null });
    const onThree = { ...input, X: input.X.slice(0, 3), Y: input.Y.slice(0, 3), world: 3 };
    expect(await runCase(caseOf('ddp/linear-3', onThree, trainInFloat64(onThree), 1e-6))).toMatchObject({ status: 'pass', error: null });
  });
});

describe('comparing', () => {
  it.each([
    [{ a: [1, 2] }, { a: [[1], [2]] }, 0, null], // written down flat
    [{ a: 1 }, { a: [1] }, 0, null],
    [{ a: [[1], [2]] }, { a: [[1, 2]] }, 0, 'a: expected 2 entries, got 1'],
    [{ a: 'Infinity' }, { a: Number.POSITIVE_INFINITY }, 0, null],
    [{ a: 'Infinity' }, { a: 1 }, 1e9, 'a: expected Infinity, got 1, Infinity apart where 1000000000 is allowed'],
    [{ a: 1 }, { a: Number.NaN }, 1, 'a: expected 1, got NaN, NaN apart where 1 is allowed'],
    [{ a: 39_920_880 }, { a: 39_920_881 }, 0, 'a: expected 39920880, got 39920881, 1.00 apart where 0 is allowed'],
    [{ a: 0.3 }, { a: 0.1 + 0.2 }, 0, null], // the same number, another double
    [{ hex: 'ab', note: 'said in passing' }, { hex: 'ac' }, 0, 'hex: expected ab, got ac'],
    [{ a: true }, { a: true }, 0, null],
  ])('%j with %j within %d', (expected, got, tolerance, difference) => {
    expect(firstDifference(expected, got, tolerance)).toBe(difference);
  });
});

describe('npm run reference', () => {
  const root = join(import.meta.dirname, '..', '..');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-reference-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> => {
    let text = '';
    const code = await runReference(args, root, (part) => (text += part));
    return { code, text };
  };

  it("runs the project's own cases of a topic where no file is given", async () => {
    const { code, text } = await run('--topic', 'distributed');
    expect(code).toBe(0);
    expect(text.match(/^pass +ddp\//gm)).toHaveLength(distributed.length);
    expect(text).toMatch(/^all +5 +0 +0$/m);
  });

  it('exits with 1 where a case fails and writes every report', async () => {
    const sampler = { N: 3, world: 2, drop_last: false };
    const cases = [
      caseOf('ddp/sampler-right', sampler, {
        indices: [
          [0, 2],
          [1, 0],
        ],
      }),
      caseOf('ddp/sampler-wrong', sampler, {
        indices: [
          [0, 2],
          [1, 1],
        ],
      }),
      caseOf('fp16/overflow', { x: [70_000] }, { bits: [31_744], value: ['Infinity'] }),
      caseOf('nobody/knows', {}, { y: 2 }),
    ];
    const out = join(folder, 'out.json');
    const { code, text } = await run(fileOf('mixed.json', cases), '--json', out);
    expect(code).toBe(1);
    expect(text).toMatch(/^fail +ddp\/sampler-wrong +\(indices\[1\]\[1\]: expected 1, got 0/m);
    const reports = JSON.parse(readFileSync(out, 'utf8')) as readonly CaseReport[]; // written a line above
    expect(reports.map(({ status }) => status)).toEqual(['pass', 'fail', 'pass', 'unsupported']);
    expect(reports.map((report) => Object.keys(report))).toEqual(cases.map(() => ['id', 'topic', 'status', 'got', 'expected', 'error']));
    expect(reports[2]?.got).toEqual({ bits: [31_744], value: ['Infinity'] });
  });

  it.each([
    ['a file that is not there', () => ['/nowhere/cases.json'], /expected a readable file, got \/nowhere\/cases\.json/],
    ['a text that is no JSON', () => [fileOf('text.json', 'hello')], /text\.json: expected JSON/],
    ['JSON that is no list', () => [fileOf('object.json', {})], /expected a list of cases .* got an object/],
    [
      'a case without an input',
      () => [fileOf('case.json', [{ id: 'a', topic: 't', expected: {} }])],
      /case 1: input: expected an object, got nothing/,
    ],
    ['a topic without cases', () => ['--topic', 'cooking'], /--topic: expected one that has cases \(distributed, .*\), got cooking/],
    ['two files', () => ['a.json', 'b.json'], /expected one file, got a\.json b\.json/],
    ['an unknown flag', () => ['--quickly'], /Unknown option '--quickly'/],
  ])('refuses %s', async (_what, args, message) => {
    const refusal = await run(...args()).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(refusal).toBeInstanceOf(UsageError);
    expect(String(refusal)).toMatch(message);
  });
});

/** The same structure with every number one further on. */
function shifted(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (Array.isArray(value)) return value.map(shifted);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shifted(each)]))
    : value;
}

interface LinearModel {
  readonly X: readonly (readonly number[])[];
  readonly Y: readonly (readonly number[])[];
  readonly W: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly lr: number;
  readonly steps: number;
}

/** Gradient descent on the whole batch, by the formula: d/dW mean((X·Wᵀ + b − Y)²) = 2/(rows·out) · (X·Wᵀ + b − Y)ᵀ·X. */
function trainInFloat64({ X, Y, W, b, lr, steps }: LinearModel): Fields {
  const weights = W.map((row) => [...row]);
  const biases = [...b];
  let first: Fields = {};
  for (let step = 0; step < steps; step++) {
    const slopes = X.map((x, row) =>
      weights.map((weight, out) => {
        const predicted = weight.reduce((sum, value, index) => sum + value * (x[index] ?? 0), biases[out] ?? 0);
        return (2 * (predicted - (Y[row]?.[out] ?? 0))) / (X.length * weights.length);
      }),
    );
    const gradW = weights.map((weight, out) =>
      weight.map((_, index) => slopes.reduce((sum, slope, row) => sum + (slope[out] ?? 0) * (X[row]?.[index] ?? 0), 0)),
    );
    const gradB = biases.map((_, out) => slopes.reduce((sum, slope) => sum + (slope[out] ?? 0), 0));
    if (step === 0) first = { grad0_W: gradW, grad0_b: gradB };
    for (const [out, weight] of weights.entries()) {
      for (const index of weight.keys()) weight[index] = (weight[index] ?? 0) - lr * (gradW[out]?.[index] ?? 0);
      biases[out] = (biases[out] ?? 0) - lr * (gradB[out] ?? 0);
    }
  }
  return { ...first, [`W_after${steps}`]: weights, [`b_after${steps}`]: biases };
}
