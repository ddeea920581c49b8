// A run as a file and back, and every way a file can be wrong. CRC-32 is held to zlib's.

import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32Hex } from '../../src/core/crc32.ts';
import { packRows, packedBytes, unpackRows } from '../../src/state/history/packed-series.ts';
import { readRunFile, runFileName, writeRunFile } from '../../src/state/history/run-file.ts';
import { noMarks } from '../../src/state/history/run-record.ts';
import { fakeLane, fakeRecord } from '../support/fake-records.ts';

const record = fakeRecord(7, { source: 'const π = "☃";\n' });
const marks = { id: record.head.id, isStarred: true, tags: ['good'], note: 'Two\nlines.', removedAtMs: null };
const whole = writeRunFile(record, marks);

/** The file with its run changed and a checksum that fits. */
function forged(change: (run: Record<string, Record<string, unknown>>) => void): string {
  const file = JSON.parse(whole) as { checksum: string; run: Record<string, Record<string, unknown>> }; // written two lines above
  change(file.run);
  file.checksum = `crc32:${crc32Hex(JSON.stringify(file.run))}`;
  return JSON.stringify(file);
}

describe('a run in a file', () => {
  it('comes back as it was, series bit for bit, and says that it was imported', () => {
    const reading = readRunFile(whole);
    expect(reading).toEqual({ kind: 'run', record: { ...record, head: { ...record.head, origin: 'imported' } }, marks });
  });

  it('may be indented on the way', () => {
    expect(readRunFile(JSON.stringify(JSON.parse(whole), null, 2)).kind).toBe('run');
  });

  it('is plain JSON with a loss per step for anybody to read', () => {
    const { run } = JSON.parse(whole) as { run: { series: { step: number[]; columns: { name: string; values: number[] }[] } } };
    expect(run.series.step).toHaveLength(20);
    expect(run.series.columns.find(({ name }) => name === 'loss')?.values[0]).toBe(Math.fround(2.3));
  });

  it.each([
    ['is empty', '', { kind: 'not-json' }],
    ['is cut off', whole.slice(0, 500), { kind: 'not-json' }],
    ['is an image', '\u0089PNG\r\n', { kind: 'not-json' }],
    ['is other JSON', '{"schemaVersion":1,"lanes":[]}', { kind: 'foreign' }],
    ['is a list', '[1,2]', { kind: 'foreign' }],
    ['is of a later version', whole.replace('"formatVersion":1', '"formatVersion":2'), { kind: 'newer', version: 2 }],
    ['has one digit changed', whole.replace('0.9375', '0.9376'), { kind: 'damaged' }],
    ['has no run', '{"format":"lockstep-run","formatVersion":1,"checksum":"crc32:00000000"}', { kind: 'invalid', place: 'run' }],
  ])('one that %s is told apart', (_what, text, reading) => {
    expect(readRunFile(text)).toMatchObject(reading);
  });

  it.each([
    ['run.head.id', (run: Record<string, Record<string, unknown>>) => (run['head']!['id'] = '../../etc')],
    ['run.head.createdAt', (run: Record<string, Record<string, unknown>>) => (run['head']!['createdAt'] = 'yesterday')],
    ['run.result.state', (run: Record<string, Record<string, unknown>>) => (run['result']!['state'] = 'running')],
    ['run.result.worldSize', (run: Record<string, Record<string, unknown>>) => (run['result']!['worldSize'] = -1)],
    ['run.manifest.versions.tfjs', (run: Record<string, Record<string, unknown>>) => (run['manifest']!['versions'] = { lockstep: '1' })],
    ['run.series.step[0]', (run: Record<string, Record<string, unknown>>) => (run['series']!['step'] = ['1'])],
    ['run.series.columns[0].values', (run: Record<string, Record<string, unknown>>) => (run['series']!['step'] = [])],
  ])('with a checksum that fits, %s is still checked', (place, change) => {
    expect(readRunFile(forged(change))).toMatchObject({ kind: 'invalid', place });
  });

  it('takes a metric called __proto__ for a metric, and lets nothing in that no page knows', () => {
    const text = forged((run) => {
      run['result']!['surprise'] = 1;
      Object.defineProperty(run['result']!['final'], '__proto__', { value: 5, enumerable: true });
    });
    const reading = readRunFile(text);
    if (reading.kind !== 'run') throw new Error(`expected a run, got ${reading.kind}`);
    expect(Object.keys(reading.record.body.result)).not.toContain('surprise');
    expect(Object.getPrototypeOf(reading.record.body.result.final)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(reading.record.body.result.final, '__proto__')?.value).toBe(5);
  });

  it('has a name that every file system takes', () => {
    expect(runFileName(fakeRecord(1, { head: { fileName: 'a/b: ‘c’.ts', shortForm: '4xfp32+bucket=1MB' } }))).toBe(
      'a-b-c-4xfp32+bucket=1MB-2026-01-01T00-00-01.run.json',
    );
  });
});

describe('packed series', () => {
  it('gives every row back, null where a number was not finite', () => {
    const rows = [
      { step: 1, loss: 0.1, stepMs: 3 },
      { step: 2, loss: null, stepMs: 4, gradNorm: 1 / 3 },
    ];
    expect(unpackRows(packRows(rows))).toEqual([{ ...rows[0], gradNorm: null }, rows[1]]);
    expect(unpackRows(packRows([]))).toEqual([]);
  });

  it('keeps 100,000 steps in under 2 MB, and their loss in 32 bits because it is of 32 bits', () => {
    const table = packRows(fakeLane(100_000).series);
    expect(packedBytes(table)).toBe(100_000 * (4 + 4 + 8));
  });

  it('rounds nothing', () => {
    const values = [0.1, Math.PI, 1e-320, 1e300, -0];
    const rows = values.map((loss, at) => ({ step: at, loss }));
    expect(unpackRows(packRows(rows)).map((row) => row['loss'])).toEqual(values);
  });
});

it('crc32Hex agrees with zlib', () => {
  for (const text of ['', 'a', '123456789', 'π ☃ 🙂', whole]) expect(crc32Hex(text)).toBe(crc32(text).toString(16).padStart(8, '0'));
  expect(writeRunFile(record, noMarks(record.head.id))).not.toBe(whole);
});
