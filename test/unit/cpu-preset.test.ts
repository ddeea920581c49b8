// The smaller preset for the CPU: what it may say, and where it applies.

import { describe, expect, test } from 'vitest';
import { parseCpuPreset, presetFor, presetNote } from '../../src/train/cpu-preset.ts';
import { parseLaneList } from '../../src/train/lane.ts';

const lanes = parseLaneList('1xfp32,4xfp16');
const experiment = { steps: 280, globalBatch: 128, evalEvery: 40, onCpu: { steps: 100, evalEvery: 20 } };

describe('the smaller preset', () => {
  test('replaces what it names on the CPU, and nothing else', () => {
    expect(presetFor(experiment, 'cpu')).toEqual({ ...experiment, steps: 100, evalEvery: 20 });
  });

  test('does nothing on a GPU, or where there is none', () => {
    expect(presetFor(experiment, 'webgpu')).toBe(experiment);
    expect(presetFor(experiment, 'webgl')).toBe(experiment);
    const plain = { ...experiment, onCpu: null };
    expect(presetFor(plain, 'cpu')).toBe(plain);
  });

  test('is said in words', () => {
    expect(presetNote(experiment)).toBe("Training runs on the CPU, so the program's smaller preset applies: steps 100, evalEvery 20.");
  });

  test('is checked like the numbers it replaces', () => {
    expect(parseCpuPreset(undefined, lanes)).toBeNull();
    expect(parseCpuPreset({ steps: 5, globalBatch: 64 }, lanes)).toEqual({ steps: 5, globalBatch: 64 });
    expect(() => parseCpuPreset({ steps: 0 }, lanes)).toThrow('onCpu.steps: expected a whole number from 1, got 0');
    expect(() => parseCpuPreset({ globalBatch: 66 }, lanes)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(() => parseCpuPreset({ learningRate: 1 }, lanes)).toThrow('onCpu: expected an object with steps, globalBatch, evalEvery');
    expect(() => parseCpuPreset(7, lanes)).toThrow('got 7');
  });
});
