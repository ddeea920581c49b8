// Rounding to bf16 in WGSL, in integers as in core/bfloat16.ts, the oracle: in the stores of a program that tfjs generated, text to text as in
// rewrite-wgsl.ts, or as a program of its own for what was stored in f32 before.
//   rounded[i] = bf16(values[i]), to nearest, ties to even; NaN stays NaN
// Buffers of the program: `values` and `rounded`, f32, flat, `size` elements. Grid: one invocation per element.

import { PlaygroundError } from '../../core/errors.ts';
import { flatEntryPoint } from '../backend/raw-kernel.ts';

/** The program with every `result[i] = v;` rounded. Throws `internal` where `result` is not declared as an f32 array. */
export function roundStoresToBf16(wgsl: string): string {
  const binding = /var<storage, read_write>\s+result\s*:\s*array<(?:f32|vec([234])<f32>)>/.exec(wgsl);
  if (binding === null)
    throw new PlaygroundError(
      'internal',
      'bf16: expected an f32 result, got another. This tfjs program cannot run in bf16; please report it.',
    );
  const source = wgsl.replace(/(?<![.\w])result\[([^;=]*)\]\s*=\s*([^;=][^;]*);/g, 'result[$1] = roundToBf16($2);');
  return `${source}\n${roundingFunction(Number(binding[1] ?? 1))}\n`;
}

/** On an f32, or on vectors of so many. */
function roundingFunction(width: number): string {
  const [values, words] = width === 1 ? ['f32', 'u32'] : [`vec${width}<f32>`, `vec${width}<u32>`];
  return `fn roundToBf16(v: ${values}) -> ${values} {
  let words = bitcast<${words}>(v);
  let rounded = (words + ${words}(0x7fffu) + ((words >> ${words}(16u)) & ${words}(1u))) & ${words}(0xffff0000u);
  let isNaN = (words & ${words}(0x7fffffffu)) > ${words}(0x7f800000u);
  return bitcast<${values}>(select(rounded, (words | ${words}(0x400000u)) & ${words}(0xffff0000u), isNaN));
}`;
}

/** WGSL of the program. */
export const roundToBf16Wgsl = `struct Uniforms { size: u32 };
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> rounded_values: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;
${roundingFunction(1)}
${flatEntryPoint('if (i < uniforms.size) { rounded_values[i] = roundToBf16(values[i]); }')}`;
