// Plan: the edges at which the page meets untrusted or compiled text. Forged messages are dropped or bounded; imports are cut
// exactly; a stack trace leads to the user's own line.

import { describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/core/errors.ts';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import { describeFailure } from '../../src/runner/failure.ts';
import { nextSliceSteps, chooseSchedule } from '../../src/runner/schedule.ts';
import { splitImports } from '../../src/runner/split-imports.ts';
import { largestRelativeDistance } from '../../src/runner/weights-distance.ts';
import { parseLaneList } from '../../src/train/lane.ts';

describe('a message from a replica', () => {
  const batch = { step: [1, 2], loss: [0.5, Number.NaN], stepMs: [3, 4], metrics: { gradNorm: [1, 2] } };

  test('a lost device is a message of its own, with nothing in it to trust', () => {
    expect(parseReplicaMessage({ type: 'device-lost', reason: '<b>' })).toEqual({ type: 'device-lost' });
  });

  test('passes when it is well formed, NaN included', () => {
    expect(parseReplicaMessage({ type: 'events', events: [{ type: 'steps', batch }] })).toEqual({
      type: 'events',
      events: [{ type: 'steps', batch }],
    });
  });

  test.each([
    ['no object', 7],
    ['an unknown type', { type: 'eval-this', code: 'alert(1)' }],
    ['a path instead of a dataset name', { type: 'need-bytes', name: '../secret.bin' }],
    ['an address instead of a dataset name', { type: 'need-bytes', name: 'https://example.org/x.bin' }],
  ])('is dropped when it is %s', (_what, message) => {
    expect(parseReplicaMessage(message)).toBeNull();
  });

  test.each([
    ['columns of unequal length', { type: 'steps', batch: { ...batch, loss: [1] } }],
    ['text among the numbers', { type: 'steps', batch: { ...batch, stepMs: ['<b>', 1] } }],
    ['a console level that does not exist', { type: 'console', line: { level: 'constructor', rank: 0, text: '' } }],
    ['a number of dropped lines that is none', { type: 'dropped', lineCount: -1, viewCount: 0 }],
  ])('loses an event with %s', (_what, event) => {
    expect(parseReplicaMessage({ type: 'events', events: [event] })).toEqual({ type: 'events', events: [] });
  });

  test('cannot reach a prototype through a metric name', () => {
    const metrics = JSON.parse('{"__proto__": [1, 2], "constructor": [1, 2], "gradNorm": [1, 2]}') as Record<string, number[]>;
    const parsed = parseReplicaMessage({ type: 'events', events: [{ type: 'steps', batch: { ...batch, metrics } }] });
    expect(parsed).toEqual({ type: 'events', events: [{ type: 'steps', batch: { ...batch, metrics: { gradNorm: [1, 2] } } }] });
  });
});

describe('imports of a program', () => {
  test('are cut out so that parts and names give the text back', async () => {
    const text =
      "import * as tf from '@tensorflow/tfjs';\nimport { experiment } from \"lockstep\";\nconst lab = await import('lockstep/lab');\nexport default experiment(tf, lab);";
    const { parts, imports } = await splitImports(text);
    expect(imports).toEqual(['@tensorflow/tfjs', 'lockstep', 'lockstep/lab']);
    expect(parts.map((part, index) => part + (imports[index] ?? '')).join('')).toBe(text);
  });

  test('of anything else are refused, naming what is offered and where it stands', async () => {
    const refusal = splitImports("\nimport fs from 'node:fs';");
    await expect(refusal).rejects.toMatchObject({ code: 'program-import', details: { offset: 17, specifier: 'node:fs' } });
    await expect(refusal).rejects.toThrow('@tensorflow/tfjs, lockstep, lockstep/lab');
  });
});

describe('a failure', () => {
  const source =
    "const a = 1;\nexport default experiment({\n  lanes: [{ worldSize: 1, precision: 'fp32' }, { worldSize: 0, precision: 'fp32' }],\n  globalBatch: 100,\n});\n";
  // The identity map of five lines: line n of the compiled text is line n of the source.
  const sourceMap = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA;AACA;AACA;AACA;AACA' });
  const program = { source, fileName: 'a.ts', javascript: source, sourceMap };

  test('points at the innermost line of the program on the stack', async () => {
    const error = new TypeError('x is not a function');
    error.stack =
      'TypeError: x is not a function\n    at matMul (blob:null/123:9:9)\n    at lockstep-program.js:4:3\n    at lockstep-program.js:2:1';
    expect(await describeFailure(error, program)).toMatchObject({ code: 'program-threw', place: { line: 4, text: '  globalBatch: 100,' } });
  });

  test('points at the field it names where no line of the program is on the stack', async () => {
    const error = new PlaygroundError('config-invalid', 'globalBatch: …', { place: 'globalBatch' });
    expect((await describeFailure(error, program)).place).toMatchObject({ line: 4 });
  });

  test('points at the right one of several lanes', async () => {
    const error = new PlaygroundError('config-invalid', '…', { place: 'lanes[1].worldSize' });
    expect((await describeFailure(error, program)).place).toMatchObject({ line: 3, column: 50 });
  });
});

describe('taking turns', () => {
  test('a slice is ten steps, more where ten take no time, and never doubles at once', () => {
    expect(nextSliceSteps(0, 0)).toBe(10);
    expect(nextSliceSteps(10, 1000)).toBe(10);
    expect(nextSliceSteps(10, 5)).toBe(20);
    expect(nextSliceSteps(100, 5)).toBe(100);
  });

  test.each([
    ['1xfp32,4xfp32', 'an ordinary laptop', { cores: 8, memoryGb: 8 }, 'turns', 'fits'],
    ['1xfp32,4xfp32', 'a browser that tells little', { cores: 8, memoryGb: null }, 'turns', 'fits'],
    ['8xfp32,16xfp32', 'an ordinary laptop', { cores: 8, memoryGb: 8 }, 'sequence', 'too-many-ranks'],
    ['1xfp32,4xfp32', 'two cores', { cores: 2, memoryGb: 8 }, 'sequence', 'too-many-ranks'],
    ['1xfp32,4xfp32', 'little memory', { cores: 8, memoryGb: 2 }, 'sequence', 'too-many-ranks'],
    ['1xfp32,3xfp32', 'two cores', { cores: 2, memoryGb: 2 }, 'turns', 'fits'],
  ] as const)(
    '%s on %s: what the machine holds at once takes turns, more run in sequence',
    (lanes, _machine, machine, schedule, reason) => {
      expect(chooseSchedule(parseLaneList(lanes), machine, null)).toEqual({ schedule, reason });
    },
  );

  test('a schedule that somebody asked for is taken, however many ranks there are', () => {
    const asked = chooseSchedule(parseLaneList('64xfp32,64xfp32'), { cores: 2, memoryGb: 1 }, 'race');
    expect(asked).toEqual({ schedule: 'race', reason: 'asked' });
  });
});

describe('the distance of weights', () => {
  test('is the largest relative norm over the tensors', () => {
    const baseline = [Float32Array.of(3, 4), Float32Array.of(1)];
    expect(largestRelativeDistance([Float32Array.of(3, 4.5), Float32Array.of(1)], baseline)).toBeCloseTo(0.1, 12);
    expect(largestRelativeDistance(baseline, baseline)).toBe(0);
  });

  test('is unknown between models of different shape', () => {
    expect(largestRelativeDistance([Float32Array.of(1)], [Float32Array.of(1, 2)])).toBeNull();
    expect(largestRelativeDistance([], [])).toBeNull();
  });
});
