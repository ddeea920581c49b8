import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../../src/core/errors.ts';
import { rewriteForF16 } from '../../../src/engine/f16/rewrite-wgsl.ts';

// The parts of a tfjs program that the rewriter looks at.
const scalarProgram = `@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<storage, read> A: array<f32>;
@group(0) @binding(2) var<storage, read> B: array<i32>;
fn getA(d0 : i32) -> f32 { return f32(A[getIndex(d0)]); }
fn gather(i: i32) -> f32 { return A[B[i] + i32(A[0])] + xA[i] + u.A[i]; }
fn set(flatIndex : i32, value : f32) { result[flatIndex] = f32(value); }`;

const vec4Program = `@group(0) @binding(0) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> A: array<vec4<f32>>;
fn main(index : i32) { result[index] = vec4<f32>(A[index]); }`;

describe('f16 rewriter', () => {
  it('turns loads and stores of the named bindings into conversions, and nothing else', () => {
    expect(rewriteForF16(scalarProgram, { inputs: ['A'], result: true }, 'native')).toMatchInlineSnapshot(`
      "enable f16;
      @group(0) @binding(0) var<storage, read_write> result: array<f16>;
      @group(0) @binding(1) var<storage, read> A: array<f16>;
      @group(0) @binding(2) var<storage, read> B: array<i32>;
      fn getA(d0 : i32) -> f32 { return f32(loadF16_A(i32(getIndex(d0)))); }
      fn gather(i: i32) -> f32 { return loadF16_A(i32(B[i] + i32(loadF16_A(i32(0))))) + xA[i] + u.A[i]; }
      fn set(flatIndex : i32, value : f32) { storeResult(i32(flatIndex), f32(value)); }
      fn loadF16_A(i: i32) -> f32 { return f32(A[i]); }
      fn storeResult(i: i32, v: f32) { result[i] = f16(v); }
      "
    `);
  });

  it('stores vec4 as packed pairs', () => {
    expect(rewriteForF16(vec4Program, { inputs: ['A'], result: true }, 'packed')).toMatchInlineSnapshot(`
      "@group(0) @binding(0) var<storage, read_write> result: array<vec2<u32>>;
      @group(0) @binding(1) var<storage, read> A: array<vec2<u32>>;
      fn main(index : i32) { storeResult(i32(index), vec4<f32>(loadF16_A(i32(index)))); }
      fn loadF16_A(i: i32) -> vec4<f32> { let p = A[i]; return vec4<f32>(unpack2x16float(p.x), unpack2x16float(p.y)); }
      fn storeResult(i: i32, v: vec4<f32>) { result[i] = vec2<u32>(packHalves(v.xy), packHalves(v.zw)); }
      fn packHalves(v: vec2<f32>) -> u32 {
        let words = bitcast<vec2<u32>>(v);
        let magnitudes = words & vec2<u32>(0x7fffffffu);
        let isInside = magnitudes < vec2<u32>(0x477ff000u);
        let outside = select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), magnitudes > vec2<u32>(0x7f800000u)) | ((words >> vec2<u32>(16u)) & vec2<u32>(0x8000u));
        let bits = select(outside, vec2<u32>(0u), isInside);
        return pack2x16float(select(vec2<f32>(0.0), v, isInside)) | bits.x | (bits.y << 16u);
      }
      "
    `);
  });

  it('loads packed scalars and pairs', () => {
    expect(rewriteForF16(scalarProgram, { inputs: ['A'], result: false }, 'packed')).toMatchInlineSnapshot(`
      "@group(0) @binding(0) var<storage, read_write> result: array<f32>;
      @group(0) @binding(1) var<storage, read> A: array<u32>;
      @group(0) @binding(2) var<storage, read> B: array<i32>;
      fn getA(d0 : i32) -> f32 { return f32(loadF16_A(i32(getIndex(d0)))); }
      fn gather(i: i32) -> f32 { return loadF16_A(i32(B[i] + i32(loadF16_A(i32(0))))) + xA[i] + u.A[i]; }
      fn set(flatIndex : i32, value : f32) { result[flatIndex] = f32(value); }
      fn loadF16_A(i: i32) -> f32 { return unpack2x16float(A[i >> 1u])[i & 1]; }
      "
    `);
  });

  it('refuses a packed scalar store, which would race with its neighbour', () => {
    expect(() => rewriteForF16(scalarProgram, { inputs: [], result: true }, 'packed')).toThrow(PlaygroundError);
    expect(() => rewriteForF16(scalarProgram, { inputs: [], result: true }, 'packed')).toThrowErrorMatchingInlineSnapshot(
      `[PlaygroundError: f16 rewrite: expected a program that stores vec4 where the result is packed, got scalars. This tfjs program cannot run in fp16; please report it.]`,
    );
  });

  it('refuses a binding that is not an f32 array', () => {
    expect(() => rewriteForF16(scalarProgram, { inputs: ['B'], result: false }, 'native')).toThrowErrorMatchingInlineSnapshot(
      `[PlaygroundError: f16 rewrite: expected an f32 storage binding named B, got none. This tfjs program cannot run in fp16; please report it.]`,
    );
  });
});
