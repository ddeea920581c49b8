import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../../src/core/errors.ts';
import { rewriteForF16 } from '../../../src/engine/f16/rewrite-wgsl.ts';

const native = { storage: 'native', rounding: 'hardware', vectors: 'f16' } as const;
const packed = { storage: 'packed', rounding: 'hardware', vectors: 'words' } as const;

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

// As tfjs calls it.
const indexedProgram = `fn getGlobalIndex() -> i32 { return i32(globalId.x); }
@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<storage, read> A: array<f32>;
fn setOutputAtIndex(flatIndex : i32, value : f32) { result[flatIndex] = f32(value); }
fn main(index : i32) { if (index < uniforms.size) { let a = A[index]; setOutputAtIndex(index, a); } }
fn _start() { main(getGlobalIndex()); }`;

const twoOutputs = `@group(0) @binding(0) var<storage, read_write> dx: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4<f32>>;
fn main(i : i32) { dx[i] = v; sums[i] = v; }`;

describe('f16 rewriter', () => {
  it('turns loads and stores of the named bindings into conversions, and nothing else', () => {
    expect(rewriteForF16(scalarProgram, { inputs: ['A'], outputs: ['result'] }, native)).toMatchInlineSnapshot(`
      "enable f16;
      @group(0) @binding(0) var<storage, read_write> result: array<f16>;
      @group(0) @binding(1) var<storage, read> A: array<f16>;
      @group(0) @binding(2) var<storage, read> B: array<i32>;
      fn getA(d0 : i32) -> f32 { return f32(loadF16_A(i32(getIndex(d0)))); }
      fn gather(i: i32) -> f32 { return loadF16_A(i32(B[i] + i32(loadF16_A(i32(0))))) + xA[i] + u.A[i]; }
      fn set(flatIndex : i32, value : f32) { storeF16_result(i32(flatIndex), f32(value)); }
      fn loadF16_A(i: i32) -> f32 { return f32(A[i]); }
      fn storeF16_result(i: i32, v: f32) { result[i] = f16(v); }
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

  it('stores vec4 as packed pairs', () => {
    expect(rewriteForF16(vec4Program, { inputs: ['A'], outputs: ['result'] }, packed)).toMatchInlineSnapshot(`
      "@group(0) @binding(0) var<storage, read_write> result: array<vec2<u32>>;
      @group(0) @binding(1) var<storage, read> A: array<vec2<u32>>;
      fn main(index : i32) { storeF16_result(i32(index), vec4<f32>(loadF16_A(i32(index)))); }
      fn loadF16_A(i: i32) -> vec4<f32> { return vec4<f32>(unpack2x16float(A[i].x), unpack2x16float(A[i].y)); }
      fn storeF16_result(i: i32, v: vec4<f32>) { result[i] = vec2<u32>(packHalves(v.xy), packHalves(v.zw)); }
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

  it('reads and writes native vectors as words where it is told to, and scalars as f16', () => {
    const words = { ...native, vectors: 'words' } as const;
    expect(rewriteForF16(vec4Program, { inputs: ['A'], outputs: ['result'] }, words)).toBe(
      `enable f16;\n${rewriteForF16(vec4Program, { inputs: ['A'], outputs: ['result'] }, packed)}`,
    );
    expect(rewriteForF16(scalarProgram, { inputs: ['A'], outputs: ['result'] }, words)).toBe(
      rewriteForF16(scalarProgram, { inputs: ['A'], outputs: ['result'] }, native),
    );
  });

  it('loads packed scalars and pairs', () => {
    expect(rewriteForF16(scalarProgram, { inputs: ['A'], outputs: [] }, packed)).toMatchInlineSnapshot(`
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

  it('calls a program that stores one value per index for both values of a packed word, and stores the word once', () => {
    const rewritten = rewriteForF16(indexedProgram, { inputs: ['A'], outputs: ['result'] }, packed);
    expect(rewritten.slice(0, rewritten.indexOf('fn packHalves'))).toMatchInlineSnapshot(`
      "var<private> pairPlace : i32;
      fn getGlobalIndex() -> i32 { return getPairIndex() * 2 + pairPlace; }
      fn getPairIndex() -> i32 { return i32(globalId.x); }
      @group(0) @binding(0) var<storage, read_write> result: array<u32>;
      @group(0) @binding(1) var<storage, read> A: array<u32>;
      fn setOutputAtIndex(flatIndex : i32, value : f32) { storeF16_result(i32(flatIndex), f32(value)); }
      fn main(index : i32) { if (index < uniforms.size) { let a = loadF16_A(i32(index)); setOutputAtIndex(index, a); } }
      fn _start() { pairPlace = 0; main(getGlobalIndex());  pairPlace = 1; main(getGlobalIndex()); if (evenIndex >= 0) { result[evenIndex >> 1u] = packHalves(vec2<f32>(evenValue, 0.0)); } }
      fn loadF16_A(i: i32) -> f32 { return unpack2x16float(A[i >> 1u])[i & 1]; }
      var<private> evenIndex : i32 = -1;
      var<private> evenValue : f32;
      fn storeF16_result(i: i32, v: f32) {
        if ((i & 1) == 0) { evenIndex = i; evenValue = v; return; }
        result[i >> 1u] = packHalves(vec2<f32>(evenValue, v));
        evenIndex = -1;
      }
      "
    `);
  });

  it('lets a workgroup that shares memory wait between the two calls', () => {
    const sharing = indexedProgram.replace('let a =', 'workgroupBarrier(); let a =');
    expect(rewriteForF16(sharing, { inputs: ['A'], outputs: ['result'] }, packed)).toContain('workgroupBarrier(); pairPlace = 1;');
  });

  it('refuses a packed scalar store that would race with its neighbour', () => {
    expect(() => rewriteForF16(scalarProgram, { inputs: [], outputs: ['result'] }, packed)).toThrow(PlaygroundError);
    expect(() => rewriteForF16(scalarProgram, { inputs: [], outputs: ['result'] }, packed)).toThrowErrorMatchingInlineSnapshot(
      `[PlaygroundError: f16 rewrite: expected a program that stores vec4, or one value per index, where its result is packed, got neither. This tfjs program cannot run in fp16; please report it.]`,
    );
  });

  it('rewrites every output that is named, and no other', () => {
    const rewritten = rewriteForF16(twoOutputs, { inputs: [], outputs: ['dx'] }, native);
    expect(rewritten).toContain('var<storage, read_write> dx: array<vec4<f16>>;');
    expect(rewritten).toContain('var<storage, read_write> sums: array<vec4<f32>>;');
    expect(rewritten).toContain('storeF16_dx(i32(i), v); sums[i] = v;');
  });

  it.each([
    [native, 'result[i] = bitcast<vec4<f16>>(vec2<u32>(packHalves(v.xy), packHalves(v.zw)));'],
    [packed, 'result[i] = vec2<u32>(packHalves(v.xy), packHalves(v.zw));'],
  ])('stores what integers have rounded where it is told to: %o', (form, store) => {
    const rewritten = rewriteForF16(vec4Program, { inputs: [], outputs: ['result'] }, { ...form, rounding: 'integer' });
    expect(rewritten).toContain(store);
    expect(rewritten).not.toContain('pack2x16float');
  });

  it('refuses a binding that is not an f32 array', () => {
    expect(() => rewriteForF16(scalarProgram, { inputs: ['B'], outputs: [] }, native)).toThrowErrorMatchingInlineSnapshot(
      `[PlaygroundError: f16 rewrite: expected an f32 storage binding named B, got none. This tfjs program cannot run in fp16; please report it.]`,
    );
  });
});
