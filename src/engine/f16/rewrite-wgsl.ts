// Turns a WGSL program that tfjs generated for f32 buffers into one whose chosen buffers hold 16-bit floats. Text to text, so that every
// stock kernel keeps its own generator: only the declared element type changes, and each `A[i]` becomes a call of a load function, each
// `result[i] = v;` a call of a store function. Arithmetic stays f32.
//
// halves-wgsl.ts says what is stored. A scalar program on packed storage is called for both values of a word (paired-stores.ts).
// The shape of tfjs's generated source is that of tfjs-backend-webgpu 4.22.0 (webgpu_program.ts, makeShader).

import { PlaygroundError } from '../../core/errors.ts';
import { decoded, encoded, encodeFunctions, storedType, wgslType, type F16Form, type Width } from './halves-wgsl.ts';
import { pairedStoreFunction, withPairedCalls } from './paired-stores.ts';

/** Which bindings of a program are f16-resident, by their names: `var<storage, read> NAME`, `var<storage, read_write> NAME`. */
export interface F16Bindings {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The program with those bindings stored as f16.
 * Throws `internal` where a binding is not declared as an f32 array, and for a packed output that is neither vec4 nor of a program that
 * stores pairs.
 */
export function rewriteForF16(wgsl: string, { inputs, outputs }: F16Bindings, form: F16Form): string {
  const { storage } = form;
  let source = wgsl;
  const functions: string[] = [];
  for (const name of inputs) {
    const binding = findBinding(source, 'read', name);
    const rest = replaceLoads(source.slice(binding.end), name);
    source = source.slice(0, binding.start) + declaration('read', name, binding.width, form) + rest;
    functions.push(loadFunction(name, binding.width, form));
  }
  for (const name of outputs) {
    const { width, start, end } = findBinding(source, 'read_write', name);
    const isPaired = storage === 'packed' && width === 1;
    const rest = replaceStores(source.slice(end), name);
    source = source.slice(0, start) + declaration('read_write', name, width, form) + rest;
    if (isPaired) source = withPairedCalls(source);
    functions.push(isPaired ? pairedStoreFunction : storeFunction(name, width, form));
  }
  if (outputs.length > 0) functions.push(encodeFunctions(form));
  const enable = storage === 'native' ? 'enable f16;\n' : '';
  return `${enable}${[source, ...functions].filter((part) => part !== '').join('\n')}\n`;
}

/** The name of the function that loads one element of a binding. */
function loadName(name: string): string {
  return `loadF16_${name}`;
}

/** The name of the function that stores one. */
function storeName(name: string): string {
  return `storeF16_${name}`;
}

function declaration(access: 'read' | 'read_write', name: string, width: Width, form: F16Form): string {
  if (form.storage === 'packed' && width === 3) throw unexpected('a width of 1, 2 or 4', 'vec3');
  return `var<storage, ${access}> ${name}: array<${storedType(width, form)}>`;
}

interface Binding {
  readonly width: Width;
  readonly start: number;
  readonly end: number;
}

function findBinding(source: string, access: 'read' | 'read_write', name: string): Binding {
  const match = new RegExp(`var<storage, ${access}>\\s+${name}\\s*:\\s*array<(?:f32|vec([234])<f32>)>`).exec(source);
  if (match === null) throw unexpected(`an f32 storage binding named ${name}`, 'none');
  const width = Number(match[1] ?? 1) as Width; // 2 to 4, as the expression says
  return { width, start: match.index, end: match.index + match[0].length };
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

function replaceStores(source: string, name: string): string {
  const use = new RegExp(`(?<![.\\w])${name}\\[([^;=]*)\\]\\s*=\\s*([^;=][^;]*);`, 'g');
  return source.replace(use, `${storeName(name)}(i32($1), $2);`);
}

function loadFunction(name: string, width: Width, form: F16Form): string {
  return `fn ${loadName(name)}(i: i32) -> ${wgslType(width, 'f32')} { return ${decoded(name, 'i', width, form)}; }`;
}

function storeFunction(name: string, width: Width, form: F16Form): string {
  return `fn ${storeName(name)}(i: i32, v: ${wgslType(width, 'f32')}) { ${name}[i] = ${encoded('v', width, form)}; }`;
}

function unexpected(expected: string, got: string): PlaygroundError {
  return new PlaygroundError(
    'internal',
    `f16 rewrite: expected ${expected}, got ${got}. This tfjs program cannot run in fp16; please report it.`,
  );
}
