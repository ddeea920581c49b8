// Devices whose f16 is not what IEEE 754 says, made of this one: its shaders are changed on their way to the driver.

import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { startEngine } from '../../../src/engine/start.ts';

const hasShaderF16 = inject('hasShaderF16');
const storage = hasShaderF16 ? 'native' : 'packed';

afterEach(() => vi.restoreAllMocks());

function changeShaders(change: (code: string) => string): void {
  const { createShaderModule } = GPUDevice.prototype;
  vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (this: GPUDevice, descriptor) {
    return createShaderModule.call(this, { ...descriptor, code: change(descriptor.code) });
  });
}

/** Towards zero, as WGSL lets it; both conversions. */
const rounded = (code: string): string =>
  `${code.replaceAll('vec4<f16>(v)', 'vec4<f16>(cut4(v))').replaceAll(/\bpack2x16float\(/g, 'cutPack(')}
fn cut4(v: vec4<f32>) -> vec4<f32> { return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(0xffffe000u)); }
fn cutPack(v: vec2<f32>) -> u32 { return pack2x16float(bitcast<vec2<f32>>(bitcast<vec2<u32>>(v) & vec2<u32>(0xffffe000u))); }`;

/** What it reads of an f16 buffer is twice what is in it. */
const doubled = (code: string): string =>
  code.startsWith('enable f16;') ? code.replace(/return (f32|vec4<f32>)\((\w+)\[i\]\);/g, 'return $1($2[i]) * 2.0;') : code;

describe('a device whose f16 is different', () => {
  it('keeps its storage and rounds in integers where its conversion rounds towards zero, says so, and what it costs', async () => {
    changeShaders(rounded);
    const { report } = await startEngine({ selfTest: 'run' });
    expect(report).toMatchObject({ backend: 'webgpu', f16: storage, f16Rounding: 'integer', fallbacks: [], selfTest: { passed: true } });
    expect(report.notes.join(' ')).toContain('rounds to f16 in a way of its own');
    const detail = report.selfTest?.checks.find(({ name }) => name === 'f16')?.detail;
    expect(detail).toContain('(1.00146484375 became 1.0009765625, expected 1.001953125): stores round in integer arithmetic');
    expect(detail).toMatch(/casting 524288 values takes [\d.]+ ms instead of [\d.]+ ms.*, measured$/);
    console.info(storage, detail);
    const next = await startEngine({ selfTest: report });
    expect(next.report).toEqual(report);
    expect(next.backend?.f16Form).toMatchObject({ storage, rounding: 'integer' });
  });

  it('is treated as one without shader-f16 where what it reads is wrong as well', async ({ skip }) => {
    skip(!hasShaderF16, 'this adapter is without it anyway');
    changeShaders(doubled);
    const { report } = await startEngine({ selfTest: 'run' });
    expect(report).toMatchObject({ backend: 'webgpu', f16: 'packed', f16Rounding: 'hardware', selfTest: { passed: true } });
    expect(report.fallbacks).toHaveLength(1);
    expect(report.fallbacks[0]?.reason).toContain('WebGPU with native f16 failed its self-test (f16: 1 became 2, expected 1;');
  });
});
