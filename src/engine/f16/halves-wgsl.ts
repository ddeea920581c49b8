// How 16-bit floats lie in a GPU buffer, and the WGSL that makes them of f32.
//   storage   native: the type f16, which needs the device feature shader-f16; packed: two f16 in each u32, which is core WGSL
//   vectors   of native storage, by which type elements of two or four values are read and written: f16, or the words that they lie in, as
//             packed storage does. The bytes are the same and so are the values; which is quicker depends on the driver (tune/tune-cases.ts)
//   rounding  hardware: the device's own conversion, f16(v) or pack2x16float (WGSL sections 17.9 and 17.10); integer: in u32 arithmetic, for
//             a device whose conversion is found different at the start (self-test.ts): WGSL lets it take either neighbour
// Whichever it is, values are rounded to nearest, ties to even, subnormals are kept, from 65,520 on they are ±Inf, and NaN stays NaN.
// Oracle: all f16 and 100,000 random floats, bit for bit (test/browser/engine/f16-exactness.test.ts).

import type { F16Rounding } from '../../core/device-report.ts';

/** How 16-bit values lie in a buffer. */
export type F16Storage = 'native' | 'packed';

/** By which type elements of several values are read and written. */
export type F16Vectors = 'words' | 'f16';

/** What stays as it is while an engine runs. */
export interface StoredForm {
  readonly storage: F16Storage;
  readonly rounding: F16Rounding;
}

/** All three. */
export interface F16Form extends StoredForm {
  readonly vectors: F16Vectors;
}

/** Components per element of a buffer. */
export type Width = 1 | 2 | 3 | 4;

/** WGSL of the type of an element of `width` components. */
export function wgslType(width: Width, component: 'f32' | 'f16'): string {
  return width === 1 ? component : `vec${width}<${component}>`;
}

/** Whether an element is read and written as words of two values. */
export function isInWords(width: Width, { storage, vectors }: F16Form): boolean {
  return storage === 'packed' || (vectors === 'words' && width % 2 === 0);
}

/** WGSL of the type of an element as it is declared; packed elements are pairs or fours, or one half of a word. */
export function storedType(width: Width, form: F16Form): string {
  if (!isInWords(width, form)) return wgslType(width, 'f16');
  return width === 4 ? 'vec2<u32>' : 'u32';
}

/** WGSL of the functions that `encoded` and `decoded` call. */
export function encodeFunctions({ rounding }: F16Form): string {
  return rounding === 'integer' ? packInIntegers : packByHardware;
}

/** WGSL of an f32 element `v` as a buffer holds it. */
export function encoded(v: string, width: Width, form: F16Form): string {
  const pair = (values: string): string => `packHalves(${values})`;
  const words = width === 4 ? `vec2<u32>(${pair(`${v}.xy`)}, ${pair(`${v}.zw`)})` : pair(v);
  if (isInWords(width, form)) return words;
  if (form.rounding === 'hardware') return `${wgslType(width, 'f16')}(${v})`;
  if (width === 1) return `bitcast<vec2<f16>>(${pair(`vec2<f32>(${v}, 0.0)`)}).x`;
  if (width === 3) return `bitcast<vec4<f16>>(vec2<u32>(${pair(`${v}.xy`)}, ${pair(`vec2<f32>(${v}.z, 0.0)`)})).xyz`;
  return `bitcast<${wgslType(width, 'f16')}>(${words})`;
}

/** WGSL of the f32 value of the element of `buffer` at index `i`, a name. */
export function decoded(buffer: string, i: string, width: Width, form: F16Form): string {
  if (!isInWords(width, form)) return `${wgslType(width, 'f32')}(${buffer}[${i}])`;
  if (width === 4) return `vec4<f32>(unpack2x16float(${buffer}[${i}].x), unpack2x16float(${buffer}[${i}].y))`;
  if (width === 2) return `unpack2x16float(${buffer}[${i}])`;
  return `unpack2x16float(${buffer}[${i} >> 1u])[${i} & 1]`;
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
 * The same in integers. A normal f16 drops 13 bits of an f32 whose exponent has moved; a carry out of the fraction runs into the exponent, which is
 * right. What becomes subnormal is added to 0.5, whose last place is 2⁻²⁴, the unit of subnormals: WGSL demands that an f32 addition is
 * correctly rounded, and a shift by as many bits as each value needs costs a CPU's driver a shift per value.
 */
const packInIntegers = `fn packHalves(v: vec2<f32>) -> u32 {
  let words = bitcast<vec2<u32>>(v);
  let magnitudes = words & vec2<u32>(0x7fffffffu);
  let lastKept = (magnitudes >> vec2<u32>(13u)) & vec2<u32>(1u);
  let normal = (magnitudes - vec2<u32>(0x37fff001u) + lastKept) >> vec2<u32>(13u);
  let subnormal = bitcast<vec2<u32>>(bitcast<vec2<f32>>(magnitudes) + vec2<f32>(0.5)) - vec2<u32>(0x3f000000u);
  let inside = select(normal, subnormal, magnitudes < vec2<u32>(0x38800000u));
  let outside = select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), magnitudes > vec2<u32>(0x7f800000u));
  let halves = select(inside, outside, magnitudes >= vec2<u32>(0x47800000u)) | ((words >> vec2<u32>(16u)) & vec2<u32>(0x8000u));
  return halves.x | (halves.y << 16u);
}`;
