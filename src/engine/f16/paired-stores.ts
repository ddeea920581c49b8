// Scalar programs on packed f16. Two values share a word, so an invocation that writes one of them would race with the neighbour that writes
// the other. Nearly all of tfjs's scalar programs compute the value at the index that they are called with and store it there: elementwise,
// moves, pooling, normalisation. Such a program is called twice by each invocation, for both values of a word, and the word is stored once.
// The generator of the program stays tfjs's (4.22.0: webgpu_program.ts), and half as many invocations run.

import { PlaygroundError } from '../../core/errors.ts';

/** A tfjs program, as far as it is looked at. */
interface ScalarProgram {
  readonly shaderKey: string;
  readonly dispatchLayout: { readonly x: number[]; readonly y?: number[]; readonly z?: number[] };
  readonly getUserCode: () => string;
}

const answers = new Map<string, boolean>();

/** Whether it stores one value per index, and the value of its own index. Asked once per `shaderKey`, which names the program's text. */
export function canStorePairs(program: ScalarProgram): boolean {
  const { shaderKey, dispatchLayout } = program;
  const isFlat = (dispatchLayout.y ?? []).length === 0 && (dispatchLayout.z ?? []).length === 0;
  if (!isFlat) return false;
  let answer = answers.get(shaderKey);
  if (answer === undefined) answers.set(shaderKey, (answer = storesOwnIndex(program.getUserCode())));
  return answer;
}

const stores = /setOutputAt(?:Index|Coords)(?:I32)?\(([^,]*),|(?<![.\w])result\[([^\]]*)\]\s*=/g;
const ownCoords = /let coords = (?:getOutputCoords\(\)|getCoordsFromIndex\((?:index|flatIndex)\));/;

function storesOwnIndex(userCode: string): boolean {
  const places = [...userCode.matchAll(stores)].map(([, argument, index]) => (argument ?? index ?? '').trim());
  const isOwn = (place: string): boolean =>
    place === 'index' || place === 'flatIndex' || (/^coords(?:\.x|\[0\])$/.test(place) && ownCoords.test(userCode));
  // `flatIndex` is `index` times the work per thread, which is 1 in every program.
  return /fn main\(\s*index\s*:\s*i32\)/.test(userCode) && places.length > 0 && places.every(isOwn);
}

/** The workgroups that half as many invocations need; `dispatch` as it is where it spreads over several dimensions already. */
export function halvedDispatch([x, y, z]: readonly [number, number, number]): [number, number, number] {
  return y === 1 && z === 1 ? [Math.ceil(x / 2), 1, 1] : [x, y, z];
}

/**
 * The program, whose output is `result`, with two calls of `main` per invocation. A value of an even index waits for the odd one
 * (`pairedStoreFunction`); the last one of an odd number of values is stored at the end. Between the calls the workgroup waits where the
 * program shares memory. Throws `internal` where it is no program of tfjs's that is called with an index.
 */
export function withPairedCalls(source: string): string {
  if (!source.includes(indexHeader) || !source.includes(call))
    throw new PlaygroundError(
      'internal',
      'f16 rewrite: expected a program that stores vec4, or one value per index, where its result is packed, got neither. This tfjs program cannot run in fp16; please report it.',
    );
  const wait = source.includes('workgroupBarrier()') ? 'workgroupBarrier();' : '';
  return source
    .replace(indexHeader, `${indexFunction}\nfn getPairIndex() -> i32 {`)
    .replace(call, `pairPlace = 0; ${call} ${wait} pairPlace = 1; ${call} ${lastStore}`);
}

const indexHeader = 'fn getGlobalIndex() -> i32 {';
const call = 'main(getGlobalIndex());';

const indexFunction = `var<private> pairPlace : i32;
fn getGlobalIndex() -> i32 { return getPairIndex() * 2 + pairPlace; }`;

const lastStore = 'if (evenIndex >= 0) { result[evenIndex >> 1u] = packHalves(vec2<f32>(evenValue, 0.0)); }';

/** WGSL of the function that stores a value of a program with paired calls. */
export const pairedStoreFunction = `var<private> evenIndex : i32 = -1;
var<private> evenValue : f32;
fn storeF16_result(i: i32, v: f32) {
  if ((i & 1) == 0) { evenIndex = i; evenValue = v; return; }
  result[i >> 1u] = packHalves(vec2<f32>(evenValue, v));
  evenIndex = -1;
}`;
