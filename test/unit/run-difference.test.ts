// What two runs differ in, and the name that makes: over the real default experiment and small edits of it, each with the name a person
// would give it. The line diff is held to the definition of a shortest edit on random lists.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProgramOptions } from '../../src/compare/program-options.ts';
import type { ComparedRun } from '../../src/compare/run-config.ts';
import { compareRuns, countLines, nameByDifference } from '../../src/compare/run-difference.ts';
import { diffSequences } from '../../src/compare/sequence-diff.ts';
import { createPrng } from '../../src/core/prng.ts';
import { comparedRun } from '../support/fake-records.ts';

const folder = join(import.meta.dirname, '..', '..', 'src', 'experiments');
const mnist = readFileSync(join(folder, 'mnist.ts'), 'utf8');
const run = (source: string, more: Partial<Omit<ComparedRun, 'source'>> = {}): ComparedRun => ({ ...comparedRun(source), ...more });

function edited(from: string, to: string, source = mnist): string {
  expect(source).toContain(from);
  return source.replace(from, to);
}
const nameOf = (source: string, before = mnist): string => nameByDifference(run(before), run(source));

describe('the name of a run', () => {
  it.each([
    ['a learning rate', 'learningRate: 6e-3', 'learningRate: 1e-4', 'lr 6e-3 → 1e-4'],
    ['an optimizer', "name: 'adam'", "name: 'sgd'", 'adam → sgd'],
    ['an option that comes', 'epsilon: 1e-5', 'epsilon: 1e-5, beta1: 0.8', '+beta1 0.8'],
    ['an option that goes', ', epsilon: 1e-5', '', '−epsilon'],
    ['a nested preset', 'steps: 100, evalEvery: 20', 'steps: 100, evalEvery: 50', 'onCpu.evalEvery 20 → 50'],
    ['a layer that comes', 'tf.layers.flatten(),', 'tf.layers.flatten(),\n        tf.layers.dropout({ rate: 0.2 }), // new', '+dropout'],
    ['a layer that goes', "        tf.layers.dense({ units: 32, activation: 'relu' }), // -> (B, 16, 32)\n", '', '−dense'],
    ['a layer of another size', 'units: 48', 'units: 64', 'dense units 48 → 64'],
    ['code that is no option', 'train: 12000', 'train: 6000', 'code +1 −1'],
    ['a comment alone', '// (B, 28, 28, 1)', '// (batch, 28, 28, 1)', 'code +1 −1'],
  ])('says %s', (_what, from, to, name) => {
    expect(nameOf(edited(from, to))).toBe(name);
  });

  it('says several things at once, the optimizer first, and counts the code that is left over', () => {
    const source = edited(
      'train: 12000',
      'train: 6000',
      edited('tf.layers.flatten(),', 'tf.layers.flatten(), tf.layers.dropout({ rate: 0.5 }),', edited('6e-3', '1e-4')),
    );
    expect(nameOf(source)).toBe('lr 6e-3 → 1e-4, +dropout, code +1 −1');
  });

  it('says nothing where nothing differs, however a number is written', () => {
    expect(nameOf(mnist)).toBe('');
    expect(nameOf(edited('learningRate: 6e-3', 'learningRate: 0.006'))).toBe('code +1 −1');
    expect(compareRuns(run(mnist), run(edited('6e-3', '0.006'))).values).toEqual([]);
  });

  it('says the lane and the seed, and leaves the machine to the table', () => {
    const before = run(mnist);
    const lane = { ...before.lane, shortForm: '4xfp16+ring', worldSize: 4, precision: 'fp16', allReduce: 'ring' } as const;
    const manifest = { ...before.manifest, seed: 7, backend: 'cpu' } as const;
    const after = run(mnist, { lane, manifest });
    expect(nameByDifference(before, after)).toBe('seed 42 → 7, 1xfp32 → 4xfp16, +allReduce=ring');
    expect(compareRuns(before, after).values.map(({ group, key }) => `${group}.${key}`)).toEqual([
      'lane.worldSize',
      'lane.precision',
      'lane.allReduce',
      'run.seed',
      'machine.backend',
    ]);
  });

  it('says a learning rate that was set by hand', () => {
    const before = run(mnist);
    const lane = { ...before.lane, learningRateChanges: [{ step: 40, learningRate: 0.001 }] };
    expect(nameByDifference(before, run(mnist, { lane }))).toBe('+learningRate after step 40 0.001');
  });
});

describe('the options of a program', () => {
  it.each(readdirSync(folder))('are read from %s as its text has them', (file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const { options } = readProgramOptions(source);
    const writtenAs = (key: string) => new RegExp(`optim(?:izer: |\\()\\{[^}]*\\b${key}: ([^,\\s}]+)`, 'u').exec(source)?.[1];
    expect([options.get('learningRate'), options.get('optimizer')]).toEqual([writtenAs('learningRate'), writtenAs('name')]);
  });

  it('are none where the text is no program, and all of it is rest', () => {
    for (const text of ['', 'experiment({', "experiment({ steps: [1, 'x", 'const x = `${1}`; /* open', '((((((']) {
      const { options, layers } = readProgramOptions(text);
      expect([options.size, layers.length]).toEqual([0, 0]);
    }
  });
});

describe('the line diff', () => {
  /** The length of the longest common subsequence, by its textbook recurrence. */
  function commonLength(a: readonly string[], b: readonly string[]): number {
    const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = 1; i <= a.length; i += 1)
      for (let j = 1; j <= b.length; j += 1)
        rows[i]![j] = a[i - 1] === b[j - 1] ? rows[i - 1]![j - 1]! + 1 : Math.max(rows[i - 1]![j]!, rows[i]![j - 1]!);
    return rows[a.length]![b.length]!;
  }

  it('keeps a longest common subsequence, on 300 random pairs', () => {
    const random = createPrng(5);
    for (let trial = 0; trial < 300; trial += 1) {
      const list = (): string[] => Array.from({ length: random.nextBelow(12) }, () => 'abcd'[random.nextBelow(4)] ?? '');
      const [a, b] = [list(), list()];
      const { removed, added } = diffSequences(a, b);
      const keptA = a.filter((_, at) => !removed.includes(at));
      expect(keptA).toEqual(b.filter((_, at) => !added.includes(at)));
      expect(keptA).toHaveLength(commonLength(a, b));
    }
  });

  it('counts as git does', () => {
    expect(countLines('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual({ added: 2, removed: 1 });
    expect(countLines('a\r\nb', 'a\nb')).toEqual({ added: 0, removed: 0 });
  });

  it('answers at once on texts of 20,000 lines that have nothing in common', () => {
    const text = (sign: string): string => Array.from({ length: 20_000 }, (_, at) => `${sign}${at}`).join('\n');
    expect(countLines(text('a'), text('b'))).toEqual({ added: 20_000, removed: 20_000 });
  });
});
