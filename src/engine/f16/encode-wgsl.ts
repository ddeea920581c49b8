// f16 in WGSL by integers alone, two to a word, for stores whose rounding must be that of IEEE 754 on every driver: WGSL lets a conversion round
// either way and drop subnormals (section 15.7.6). The branches are those of `encodeOne` in core/float16.ts, the oracle. Buffers written and
// read like this have the layout of native f16 as of packed.

/** WGSL: `encodeF16(vec4<f32>) -> vec2<u32>`, to nearest, ties to even, subnormals kept, from 65,520 on ±Inf, NaN quiet. */
export const encodeF16Function = `fn encodeF16(v: vec4<f32>) -> vec2<u32> {
  let words = bitcast<vec4<u32>>(v);
  let magnitude = words & vec4<u32>(0x7fffffffu);
  let exponent = magnitude >> vec4<u32>(23u);
  let isNormal = magnitude >= vec4<u32>(0x38800000u);
  let significand = (magnitude & vec4<u32>(0x7fffffu)) | vec4<u32>(0x800000u);
  let value = select(significand, magnitude - vec4<u32>(0x38000000u), isNormal);
  let shift = select(vec4<u32>(126u) - clamp(exponent, vec4<u32>(102u), vec4<u32>(112u)), vec4<u32>(13u), isNormal);
  let halfStep = vec4<u32>(1u) << (shift - vec4<u32>(1u));
  var bits = (value + halfStep - vec4<u32>(1u) + ((value >> shift) & vec4<u32>(1u))) >> shift;
  bits = select(bits, vec4<u32>(0u), magnitude < vec4<u32>(0x33000000u));
  bits = select(bits, vec4<u32>(0x7c00u), magnitude >= vec4<u32>(0x47800000u));
  bits = select(bits, vec4<u32>(0x7e00u), magnitude > vec4<u32>(0x7f800000u));
  bits |= (words >> vec4<u32>(16u)) & vec4<u32>(0x8000u);
  return bits.xz | (bits.yw << vec2<u32>(16u));
}`;

/** WGSL: `decodeF16(vec2<u32>) -> vec4<f32>`; exact. */
export const decodeF16Function = `fn decodeF16(words: vec2<u32>) -> vec4<f32> { return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y)); }`;
