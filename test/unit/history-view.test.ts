// What the list shows and what the differences to a baseline mean: pure functions over heads, marks and numbers.

import { describe, expect, it } from 'vitest';
import { differenceIn, directionOf, isForeignTime, numbersOfResult } from '../../src/state/history/baseline-difference.ts';
import { filterRuns, groupRuns, parseTags, tagsInUse } from '../../src/state/history/run-filter.ts';
import { noMarks } from '../../src/state/history/run-record.ts';
import { fakeRecord } from '../support/fake-records.ts';

const everything = { text: '', tag: '', isStarredOnly: false };
const idOf = (at: number): string => fakeRecord(at).head.id;

describe('the list of runs', () => {
  const heads = [4, 3, 2, 1].map((at) => fakeRecord(at, { head: { programId: at % 2 === 0 ? 'even' : 'odd', title: `at ${at}` } }).head);
  const marks = new Map([
    [idOf(1), { ...noMarks(idOf(1)), tags: ['b', 'a'], note: 'Slow but sure' }],
    [idOf(4), { ...noMarks(idOf(4)), isStarred: true, tags: ['a'] }],
  ]);
  const found = (filter: Partial<typeof everything>): readonly string[] =>
    filterRuns(heads, marks, { ...everything, ...filter }).map(({ id }) => id);

  it('finds every word in name, lane, program, tags or note, in any case', () => {
    expect(found({ text: 'SLOW 1xfp32' })).toEqual([idOf(1)]);
    expect(found({ text: '1e-3' })).toEqual([idOf(3), idOf(2)]);
    expect(found({ text: 'slow fast' })).toEqual([]);
  });

  it('follows a tag and a star', () => {
    expect(found({ tag: 'a' })).toEqual([idOf(4), idOf(1)]);
    expect(found({ tag: 'a', isStarredOnly: true })).toEqual([idOf(4)]);
    expect(tagsInUse(heads, marks)).toEqual(['a', 'b']);
    expect(parseTags(' a,b ,, a，c')).toEqual(['a', 'b', 'c']);
  });

  it('is by program, the one with the newest run first, and no longer than asked for', () => {
    const shown = groupRuns(heads, 3).map(({ programId, title, heads: ofProgram }) => [programId, title, ofProgram.map(({ id }) => id)]);
    expect(shown).toEqual([
      ['even', 'at 4', [idOf(4), idOf(2)]],
      ['odd', 'at 3', [idOf(3)]],
    ]);
  });
});

describe('the difference to a baseline', () => {
  const baseline = numbersOfResult(fakeRecord(1).body.result, 'testAccuracy');

  it.each([
    ['loss', -0.5, 'testAccuracy', 'better'],
    ['loss', 0, 'testAccuracy', 'same'],
    ['step', 4, 'testAccuracy', 'worse'],
    ['step', 2, 'testAccuracy', 'same'], // of 20.3 ms: the same work varies by as much
    ['rate', 2000, 'testAccuracy', 'better'],
    ['rate', -500, 'testAccuracy', 'same'],
    ['peak', 1000, 'testAccuracy', 'worse'],
    ['metric', 0.25, 'testAccuracy', 'better'],
    ['metric', 0.25, 'validationLoss', 'worse'],
    ['metric', 0.25, 'entropy', 'unknown'],
  ] as const)('in %s of %d with %s is for the %s', (column, change, metric, verdict) => {
    const numbers = { ...baseline, [column]: (baseline[column] ?? Number.NaN) + change };
    const difference = differenceIn(column, numbers, baseline, metric);
    expect(difference?.verdict).toBe(verdict);
    expect(difference?.value).toBeCloseTo(change, 9);
  });

  it('is not known where either number is not', () => {
    expect(differenceIn('graph', { ...baseline, graph: null }, baseline, null)).toBeNull();
    expect(directionOf('gradNorm')).toBeNull();
  });

  it('passes no verdict on times of another machine', () => {
    const [here, there] = [fakeRecord(1).head, { ...fakeRecord(2).head, origin: 'imported' as const }];
    expect([isForeignTime('step', here), isForeignTime('step', here, there), isForeignTime('loss', there)]).toEqual([false, true, false]);
  });
});
