// Plan: which implementation wins, what keeps its default, and what happens when the time is up or the worker is needed. The device is a clock
// that each implementation moves on by as much as the test says.

import { describe, expect, test } from 'vitest';
import { autotune, type TuneCase } from '../../../src/engine/tune/autotune.ts';
import { chooseVariant, setVariantTable } from '../../../src/engine/tune/variant-table.ts';

interface Costs {
  readonly [name: string]: number;
}

/** A kernel whose implementations take so many milliseconds; everything that ran, in order. */
function device(classes: Readonly<Record<string, Costs>>) {
  let clock = 0;
  const ran: string[] = [];
  let openCount = 0;
  const cases = Object.entries(classes).map(([shapeClass, costs]): TuneCase => {
    const names = Object.keys(costs);
    return {
      kernel: 'matMul',
      shapeClass,
      names,
      prepare() {
        openCount++;
        return {
          run() {
            const name = chooseVariant('matMul', shapeClass, names);
            ran.push(name);
            clock += costs[name] ?? 0;
          },
          dispose: () => void openCount--,
        };
      },
    };
  });
  const tune = (budgetMs = Infinity, isOver: () => boolean = () => false) =>
    autotune(cases, { sync: () => Promise.resolve(), now: () => clock, budgetMs, isOver });
  return { tune, ran, clock: () => clock, openCount: () => openCount };
}

describe('the autotuner', () => {
  test('takes the quickest, tfjs’s own among them, and says nothing of a class whose default is', async () => {
    const { tune } = device({
      'nn-large': { tall: 5, square: 3, stock: 9 },
      'nt-large': { tall: 5, square: 7, stock: 2 },
      'tn-large': { tall: 5, square: 7, stock: 9 },
    });
    expect(await tune()).toEqual({ 'matMul/nn-large': 'square', 'matMul/nt-large': 'stock' });
  });

  test('keeps the default where another one is quicker by less than a tenth', async () => {
    expect(await device({ 'nn-large': { tall: 10, stock: 9.2 } }).tune()).toEqual({});
    expect(await device({ 'nn-large': { tall: 10, stock: 8.8 } }).tune()).toEqual({ 'matMul/nn-large': 'stock' });
  });

  test('times the implementations in turns, so that a disturbance meets all of them', async () => {
    const { tune, ran } = device({ 'nn-large': { tall: 10, stock: 10 } });
    await tune();
    expect(ran.join(' ')).toBe('tall tall stock stock tall stock tall stock tall stock tall stock tall stock');
  });

  test('repeats what is over in no time until a coarse clock can tell', async () => {
    const { tune, ran } = device({ 'nn-small': { tall: 0.5, stock: 0.5 } });
    await tune();
    expect(ran.length).toBe(2 * (2 + 5 * 8));
  });

  test('ends when its time is up, and leaves what it has not finished to the default', async () => {
    const { tune, clock, openCount } = device({ 'nn-large': { tall: 20, stock: 10 }, 'nt-large': { tall: 20, stock: 10 } });
    expect(await tune(250)).toEqual({ 'matMul/nn-large': 'stock' });
    expect(clock()).toBeLessThan(250 + 2 * 20); // the timing it was in, and the compilation before it
    expect(openCount()).toBe(0);
  });

  test('ends when somebody needs the worker', async () => {
    const { tune, ran } = device({ 'nn-large': { tall: 20, stock: 10 } });
    expect(await tune(Infinity, () => ran.length >= 3)).toEqual({});
    expect(ran.length).toBeLessThanOrEqual(4);
  });

  test('leaves the worker with the defaults', async () => {
    await device({ 'nn-large': { tall: 5, stock: 3 } }).tune();
    expect(chooseVariant('matMul', 'nn-large', ['tall', 'stock'])).toBe('tall');
  });
});

describe('a table of implementations', () => {
  test('is followed where it names one that there is, else the default runs', () => {
    setVariantTable({ 'matMul/nn-large': 'stock', 'matMul/nt-large': 'gone' });
    expect(chooseVariant('matMul', 'nn-large', ['tall', 'stock'])).toBe('stock');
    expect(chooseVariant('matMul', 'nt-large', ['tall', 'stock'])).toBe('tall');
    expect(chooseVariant('conv2d', 'nn-large', ['strip', 'stock'])).toBe('strip');
    setVariantTable({});
  });
});
