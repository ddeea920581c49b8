// The report in words: doctor's output and the page's "copy as text".

import { describe, expect, test } from 'vitest';
import type { DeviceReport } from '../../src/core/device-report.ts';
import { deviceText } from '../../src/core/device-text.ts';
import { laneUses } from '../../src/core/lane-use.ts';
import { expectSameBackend } from '../../src/runner/same-backend.ts';

const passed = { passed: true, ms: 12, checks: [{ name: 'gradients', passed: true, detail: 'they agree' }] } as const;
const failed = { passed: false, ms: 34, checks: [{ name: 'f16', passed: false, detail: '1 became 2' }] } as const;

const report: DeviceReport = {
  backend: 'webgl',
  adapter: { vendor: 'V', architecture: '', device: '', description: '' },
  f16: 'simulated',
  f16Rounding: 'integer',
  features: ['b', 'a'],
  limits: { maxTextureSize: 8192 },
  notes: ['WebGPU failed.'],
  fallbacks: [{ backend: 'webgpu', reason: 'WebGPU failed.', selfTest: failed }],
  selfTest: passed,
};

describe('a device in words', () => {
  test('says what each lane uses, the self-test, the one that failed, and what is lost', () => {
    const text = deviceText(report).join('\n');
    expect(text).toMatch(/^backend +webgl$/m);
    expect(text).toMatch(/^adapter +vendor V$/m);
    expect(text).toMatch(/^fp32 lanes +f32 storage, f32 arithmetic, memory not counted$/m);
    expect(text).toMatch(/^fp16 lanes +simulated, f32 arithmetic, memory not counted; no claim on speed or memory$/m);
    expect(text).toMatch(/^features +a, b$/m);
    expect(text).toMatch(/^self-test +passed in 12 ms\n +gradients +passed: they agree$/m);
    expect(text).toMatch(/^of webgpu +FAILED in 34 ms\n +f16 +FAILED: 1 became 2$/m);
    expect(text).toMatch(/maxTextureSize +8192/);
    expect(text.endsWith('\n  WebGPU failed.')).toBe(true);
  });

  test('says so where nothing is known and nothing fell back', () => {
    const text = deviceText({
      ...report,
      adapter: { vendor: '', architecture: '', device: '', description: '' },
      notes: [],
      fallbacks: [],
      selfTest: null,
    });
    expect(text).toContain('adapter       does not say its name');
    expect(text).toContain('self-test     not run');
    expect(text.at(-1)).toBe('nothing fell back');
  });

  test('counts memory on WebGPU only, and lets only real 16-bit storage speak of speed', () => {
    expect(laneUses({ backend: 'webgpu', f16: 'packed' })[1]).toMatchObject({
      storage: 'packed',
      isMemoryCounted: true,
      isSpeedComparable: true,
    });
    expect(laneUses({ backend: 'cpu', f16: 'simulated' })[1]).toMatchObject({ isMemoryCounted: false, isSpeedComparable: false });
    expect(laneUses({ backend: 'cpu', f16: 'simulated' })[0]).toMatchObject({ storage: 'f32', isSpeedComparable: true });
  });
});

describe('ranks of a run', () => {
  test('compute on the backend the run began on, or the lane says what to do', () => {
    expect(() => expectSameBackend({ backend: 'webgpu' }, { backend: 'webgpu' })).not.toThrow();
    expect(() => expectSameBackend({ backend: 'webgpu' }, { backend: 'cpu' })).toThrow(expect.objectContaining({ code: 'device-changed' }));
    expect(() => expectSameBackend({ backend: 'webgpu' }, { backend: 'cpu' })).toThrow(/Run again; every lane then uses cpu/);
  });
});
