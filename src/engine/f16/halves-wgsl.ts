// How 16-bit floats lie in a GPU buffer, and the WGSL that makes them of f32.
//   storage   native: the type f16, which needs the device feature shader-f16; packed: two f16 in each u32, which is core WGSL
//   rounding  hardware: the device's own conversion, f16(v) or pack2x16float (WGSL sections 17.9 and 17.10); integer: in u32 arithmetic, for
//             a device whose conversion is found different at the start (self-test.ts): WGSL lets it take either neighbour
// Whichever it is, values are rounded to nearest, ties to even, subnormals are kept, from 65,520 on they are ±Inf, and NaN stays NaN.
// Oracle: all f16 and 100,000 random floats, bit for bit (test/browser/engine/f16-exactness.test.ts).

import type { F16Rounding } from '../../core/device-report.ts';

/** How 16-bit values lie in a buffer. */
export type F16Storage = 'native' | 'packed';

/** Both. */
export interface F16Form {
  readonly storage: F16Storage;
  readonly rounding: F16Rounding;
}

/** Components per element of a buffer. */
export type Width = 1 | 2 | 3 | 4;

/** WGSL of the type of an element of `width` components. */
export function wgslType(width: Width, component: 'f32' | 'f16'): string {
  return width === 1 ? component : `vec${width}<${component}>`;
}

/** WGSL of the functions that `encoded` calls. */
export function encodeFunctions({ storage, rounding }: F16Form): string {
  if (rounding === 'integer') return packInIntegers;
  return storage === 'packed' ? packByHardware : '';
}

/** WGSL of an f32 element `v` as a buffer holds it; packed elements are pairs or fours. */
export function encoded(v: string, width: Width, { storage, rounding }: F16Form): string {
  if (storage === 'native' && rounding === 'hardware') return `${wgslType(width, 'f16')}(${v})`;
  if (width === 1) return `bitcast<vec2<f16>>(packHalves(vec2<f32>(${v}, 0.0))).x`;
  if (width === 2) return storage === 'packed' ? `packHalves(${v})` : `bitcast<vec2<f16>>(packHalves(${v}))`;
  const words = `vec2<u32>(packHalves(${v}.xy), packHalves(${width === 3 ? `vec2<f32>(${v}.z, 0.0)` : `${v}.zw`}))`;
  if (storage === 'packed') return words;
  return width === 3 ? `bitcast<vec4<f16>>(${words}).xyz` : `bitcast<vec4<f16>>(${words})`;
}

/**
 * Two f16 in a word: as pack2x16float where that is defined. From 65,520 on WGSL leaves its result open, and SwiftShader's spills into the
 * other half.
 */
const packByHardware = `fn packHalves(v: vec2<f32>) -> u32 {
  let words = bitcast<vec2<u32>>(v);
  let magnitudes = words & vec2<u32>(0x7fffffffu);
  let isInside = magnitudes < vec2<u32>(0x477ff000u);
  let outside = select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), magnitudes > vec2<u32>(0x7f800000u)) | ((words >> vec2<u32>(16u)) & vec2<u32>(0x8000u));
  let bits = select(outside, vec2<u32>(0u), isInside);
  return pack2x16float(select(vec2<f32>(0.0), v, isInside)) | bits.x | (bits.y << 16u);
}`;

/**
 * The same in integers, with the branches of core/float16.ts. A normal f16 drops 13 bits of an f32 whose exponent has moved, a subnormal one as
 * many bits of the significand as leave units of 2⁻²⁴; 25 drop all of it. A carry out of the fraction runs into the exponent, which is right.
 */
const packInIntegers = `fn packHalves(v: vec2<f32>) -> u32 {
  let words = bitcast<vec2<u32>>(v);
  let magnitudes = words & vec2<u32>(0x7fffffffu);
  let isSubnormal = magnitudes < vec2<u32>(0x38800000u);
  let significands = (magnitudes & vec2<u32>(0x7fffffu)) | vec2<u32>(0x800000u);
  let kept = select(magnitudes - vec2<u32>(0x38000000u), significands, isSubnormal);
  let dropped = select(vec2<u32>(13u), min(vec2<u32>(126u) - (magnitudes >> vec2<u32>(23u)), vec2<u32>(25u)), isSubnormal);
  let lastKept = (kept >> dropped) & vec2<u32>(1u);
  let rounded = (kept + (vec2<u32>(1u) << (dropped - vec2<u32>(1u))) - vec2<u32>(1u) + lastKept) >> dropped;
  let outside = select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), magnitudes > vec2<u32>(0x7f800000u));
  let halves = select(rounded, outside, magnitudes >= vec2<u32>(0x47800000u)) | ((words >> vec2<u32>(16u)) & vec2<u32>(0x8000u));
  return halves.x | (halves.y << 16u);
}`;
