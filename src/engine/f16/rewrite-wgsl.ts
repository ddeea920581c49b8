// Turns a WGSL program that tfjs generated for f32 buffers into one whose chosen buffers hold 16-bit floats. Text to text, so that every
// stock kernel keeps its own generator: only the declared element type changes, and each `A[i]` becomes a call of a load function, each
// `result[i] = v;` a call of a store function. Arithmetic stays f32.
//
//   native  `array<f16>`, `array<vec4<f16>>`; needs the device feature shader-f16
//   packed  two f16 in each u32, through pack2x16float and unpack2x16float, which are core WGSL (section 17.9 and 17.10)
//
// A packed scalar store would race with the neighbour in the same u32, so packed results need a program that stores vec4.
// The shape of tfjs's generated source is that of tfjs-backend-webgpu 4.22.0 (webgpu_program.ts, makeShader).

import { PlaygroundError } from '../../core/errors.ts';

/** How 16-bit values lie in a buffer. */
export type F16Storage = 'native' | 'packed';

/** Which bindings of a program are f16-resident. */
export interface F16Bindings {
  /** Names of inputs, as declared: `var<storage, read> NAME`. */
  readonly inputs: readonly string[];
  /** Whether `result` is. */
  readonly result: boolean;
}

/**
 * The program with those bindings stored as f16.
 * Throws `internal` where a binding is not declared as an f32 array, and for a packed result that is not vec4.
 */
export function rewriteForF16(wgsl: string, bindings: F16Bindings, storage: F16Storage): string {
  let source = wgsl;
  const functions: string[] = [];
  for (const name of bindings.inputs) {
    const { width, start, end } = findBinding(source, 'read', name);
    const declaration = `var<storage, read> ${name}: array<${storedType(width, storage)}>`;
    const rest = replaceLoads(source.slice(end), name);
    source = source.slice(0, start) + declaration + rest;
    functions.push(loadFunction(name, width, storage));
  }
  if (bindings.result) {
    const { width, start, end } = findBinding(source, 'read_write', 'result');
    if (storage === 'packed' && width !== 4)
      throw unexpected('a program that stores vec4 where the result is packed', width === 1 ? 'scalars' : `vec${width}`);
    const declaration = `var<storage, read_write> result: array<${storedType(width, storage)}>`;
    const rest = source.slice(end).replace(/(?<![.\w])result\[([^;=]*)\]\s*=\s*([^;=][^;]*);/g, 'storeResult(i32($1), $2);');
    source = source.slice(0, start) + declaration + rest;
    functions.push(storeFunction(width, storage));
    if (storage === 'packed') functions.push(packFunction);
  }
  const enable = storage === 'native' ? 'enable f16;\n' : '';
  return `${enable}${source}\n${functions.join('\n')}\n`;
}

/**
 * WGSL: two f16 in a word. As pack2x16float where that is defined; from 65,520 on WGSL leaves its result open (section 17.9), and
 * SwiftShader's spills into the other half. Here it is ±Inf, and NaN stays NaN.
 */
export const packFunction = `fn packHalves(v: vec2<f32>) -> u32 {
  let words = bitcast<vec2<u32>>(v);
  let magnitudes = words & vec2<u32>(0x7fffffffu);
  let isInside = magnitudes < vec2<u32>(0x477ff000u);
  let outside = select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), magnitudes > vec2<u32>(0x7f800000u)) | ((words >> vec2<u32>(16u)) & vec2<u32>(0x8000u));
  let bits = select(outside, vec2<u32>(0u), isInside);
  return pack2x16float(select(vec2<f32>(0.0), v, isInside)) | bits.x | (bits.y << 16u);
}`;

/** The name of the function that loads one element of a binding. */
function loadName(name: string): string {
  return `loadF16_${name}`;
}

interface Binding {
  /** Components per element: 1 to 4. */
  readonly width: number;
  readonly start: number;
  readonly end: number;
}

function findBinding(source: string, access: 'read' | 'read_write', name: string): Binding {
  const match = new RegExp(`var<storage, ${access}>\\s+${name}\\s*:\\s*array<(?:f32|vec([234])<f32>)>`).exec(source);
  if (match === null) throw unexpected(`an f32 storage binding named ${name}`, 'none');
  return { width: Number(match[1] ?? 1), start: match.index, end: match.index + match[0].length };
}

function replaceLoads(source: string, name: string): string {
  const use = new RegExp(`(?<![.\\w])${name}\\[`, 'g');
  let output = '';
  let last = 0;
  for (let match = use.exec(source); match !== null; match = use.exec(source)) {
    const open = match.index + match[0].length;
    const close = matchingBracket(source, open);
    // The index may itself load from the same binding.
    const index = replaceLoads(source.slice(open, close), name);
    output += `${source.slice(last, match.index)}${loadName(name)}(i32(${index}))`;
    last = close + 1;
    use.lastIndex = last;
  }
  return output + source.slice(last);
}

function matchingBracket(source: string, open: number): number {
  let depth = 1;
  for (let place = open; place < source.length; place++) {
    if (source[place] === '[') depth++;
    else if (source[place] === ']') depth--;
    if (depth === 0) return place;
  }
  throw unexpected('a closing bracket', 'the end of the program');
}

function typeName(width: number, element: string): string {
  return width === 1 ? element : `vec${width}<${element}>`;
}

function storedType(width: number, storage: F16Storage): string {
  if (storage === 'native') return typeName(width, 'f16');
  if (width === 3) throw unexpected('a width of 1, 2 or 4', 'vec3');
  return width === 4 ? 'vec2<u32>' : 'u32';
}

function loadFunction(name: string, width: number, storage: F16Storage): string {
  const type = typeName(width, 'f32');
  const body = storage === 'native' ? `return ${type}(${name}[i]);` : packedLoad(name, width);
  return `fn ${loadName(name)}(i: i32) -> ${type} { ${body} }`;
}

function packedLoad(name: string, width: number): string {
  if (width === 4) return `let p = ${name}[i]; return vec4<f32>(unpack2x16float(p.x), unpack2x16float(p.y));`;
  if (width === 2) return `return unpack2x16float(${name}[i]);`;
  return `return unpack2x16float(${name}[i >> 1u])[i & 1];`;
}

function storeFunction(width: number, storage: F16Storage): string {
  const type = typeName(width, 'f32');
  const value = storage === 'native' ? `${typeName(width, 'f16')}(v)` : 'vec2<u32>(packHalves(v.xy), packHalves(v.zw))';
  return `fn storeResult(i: i32, v: ${type}) { result[i] = ${value}; }`;
}

function unexpected(expected: string, got: string): PlaygroundError {
  return new PlaygroundError(
    'internal',
    `f16 rewrite: expected ${expected}, got ${got}. This tfjs program cannot run in fp16; please report it.`,
  );
}
