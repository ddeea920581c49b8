// Casts between f32 and f16 storage.
//   narrow  target[j] = f16(source[j]), rounded as halves-wgsl.ts says (to nearest: off by at most 2⁻¹¹ relative for normal values)
//   widen   target[j] = f32(source[j]), exact
// Buffers: `source` and `target`, flat, `size` elements; an f16 buffer is padded to whole groups of four (8 bytes), and narrow writes
// zeros into the padding. Grid: one invocation per four elements, so that packed stores never share a u32. Oracle: core/float16.ts.

import { flatEntryPoint } from '../backend/raw-kernel.ts';
import { decoded, encoded, encodeFunctions, storedType, type F16Form } from './halves-wgsl.ts';

/** Bytes of the buffer of an f16-resident tensor. */
export function f16BufferBytes(size: number): number {
  return Math.ceil(size / 4) * 8;
}

/** WGSL of the cast from f32 to f16. */
export function narrowWgsl(form: F16Form): string {
  return `${header(form, 'f32', storedType(4, form))}
${encodeFunctions(form)}
fn element(j: u32) -> f32 { return select(0.0, values[min(j, uniforms.size - 1u)], j < uniforms.size); }
${flatEntryPoint(`if (i * 4u >= uniforms.size) { return; }
  let v = vec4<f32>(element(i * 4u), element(i * 4u + 1u), element(i * 4u + 2u), element(i * 4u + 3u));
  cast_values[i] = ${encoded('v', 4, form)};`)}`;
}

/** WGSL of the cast from f16, or from the int32 that tfjs keeps behind a float tensor after a lossless cast, to f32. */
export function widenWgsl(from: F16Form | 'int32'): string {
  const value = from === 'int32' ? fourIntegers : decoded('values', 'i', 4, from);
  return `${header(from, from === 'int32' ? 'i32' : storedType(4, from), 'f32')}
${flatEntryPoint(`if (i * 4u >= uniforms.size) { return; }
  let v = ${value};
  for (var c = 0u; c < 4u; c++) { if (i * 4u + c < uniforms.size) { cast_values[i * 4u + c] = v[c]; } }`)}`;
}

const fourIntegers = `vec4<f32>(${[0, 1, 2, 3].map((c) => `f32(values[min(i * 4u + ${c}u, uniforms.size - 1u)])`).join(', ')})`;

function header(form: F16Form | 'int32', from: string, to: string): string {
  return `${form !== 'int32' && form.storage === 'native' ? 'enable f16;\n' : ''}struct Uniforms { size: u32 };
@group(0) @binding(0) var<storage, read> values: array<${from}>;
@group(0) @binding(1) var<storage, read_write> cast_values: array<${to}>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;`;
}
