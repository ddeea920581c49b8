// Rounding to bf16 as text; what it computes is in test/browser/engine/precision-modes.test.ts.

import { expect, it } from 'vitest';
import { roundStoresToBf16 } from '../../../src/engine/f16/bf16-wgsl.ts';

it('rounds whatever a program stores in its result, and nothing else', () => {
  const program = `@group(0) @binding(0) var<storage, read_write> result: array<vec4<f32>>;
var<storage, read> A: array<vec4<f32>>;
fn set(flatIndex : i32, value : vec4f) { result[flatIndex] = value; }
fn main(index : i32) { let same = result[index] == A[index]; A_result[0] = 1.0; result[index * 2] = A[index] + vec4<f32>(1.0); }`;
  expect(roundStoresToBf16(program)).toMatchInlineSnapshot(`
    "@group(0) @binding(0) var<storage, read_write> result: array<vec4<f32>>;
    var<storage, read> A: array<vec4<f32>>;
    fn set(flatIndex : i32, value : vec4f) { result[flatIndex] = roundToBf16(value); }
    fn main(index : i32) { let same = result[index] == A[index]; A_result[0] = 1.0; result[index * 2] = roundToBf16(A[index] + vec4<f32>(1.0)); }
    fn roundToBf16(v: vec4<f32>) -> vec4<f32> {
      let words = bitcast<vec4<u32>>(v);
      let rounded = (words + vec4<u32>(0x7fffu) + ((words >> vec4<u32>(16u)) & vec4<u32>(1u))) & vec4<u32>(0xffff0000u);
      let isNaN = (words & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
      return bitcast<vec4<f32>>(select(rounded, (words | vec4<u32>(0x400000u)) & vec4<u32>(0xffff0000u), isNaN));
    }
    "
  `);
});

it('refuses a program whose result is no f32', () => {
  expect(() => roundStoresToBf16('var<storage, read_write> result: array<i32>;')).toThrow('bf16: expected an f32 result');
});
