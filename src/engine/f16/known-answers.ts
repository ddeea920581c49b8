// Known answers of the conversion to f16: does this device store what IEEE 754 demands? WGSL lets a conversion take either neighbour, flush
// subnormals, and leaves overflow open; a device may be wrong besides. Sources of the values: IEEE 754-2019, section 4.3.1, and what was found.

import type { StartedEngine } from '../engine.ts';
import { tf } from '../tf.ts';
import type { ResidencyPolicy } from './residency-policy.ts';

/** What goes in, and the f16 that IEEE 754 makes of it. */
const answers: readonly (readonly [value: number, expected: number])[] = [
  [1, 1],
  [-0.1, -0.0999755859375],
  [1 + 2 ** -11, 1], // halfway: to the even neighbour, below
  [1 + 3 * 2 ** -11, 1 + 2 ** -9], // halfway: to the even neighbour, above
  [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [65504, 65504], // the largest
  [65519, 65504],
  [65520, Infinity],
  [65536, Infinity],
  [-1e6, -Infinity],
  [Infinity, Infinity],
  [NaN, NaN],
  [2 ** -24, 2 ** -24], // the smallest subnormal
  [3 * 2 ** -25, 2 ** -23],
  [2 ** -25, 0],
  [2 ** -25 + 2 ** -40, 2 ** -24],
  [-(2 ** -26), -0],
  [186.5 * 2 ** -24 + 2 ** -40, 187 * 2 ** -24], // above halfway by less than SwiftShader's pack2x16float looks at
  [2 ** -14 - 2 ** -26, 2 ** -14], // from the subnormals up to the smallest normal
  [-(2 ** -15) - 2 ** -24, -(2 ** -15) - 2 ** -24],
  [0, 0],
];

const everything: ResidencyPolicy = { format: 'f16', castsInput: () => false, outputsF16: () => true };

/** How many there are. */
export const f16AnswerCount = answers.length;

/** What came back wrong, a clause each: from a buffer as it is, bit for bit but for the kind of NaN, and through programs that store and load one value. */
export async function wrongF16Answers({ backend, toF16 }: Pick<StartedEngine, 'backend' | 'toF16'>): Promise<readonly string[]> {
  const source = tf.tensor1d(answers.map(([value]) => value));
  const stored = toF16(source);
  const passed = backend === null ? stored.clone() : backend.withPolicy(everything, () => tf.mul(source, 1)); // a simulated one is a plain f32
  const loaded = tf.mul(passed, 1);
  const [inBuffer, read] = [await stored.data<'float32'>(), await loaded.data<'float32'>()];
  tf.dispose([source, stored, passed, loaded]);
  return answers.flatMap(([value, expected], index) => {
    const [found = 0, again = 0] = [inBuffer[index], read[index]];
    const isStored = backend === null ? isAlike(found, expected) : Object.is(found, expected);
    return isStored && isAlike(again, expected) ? [] : [`${value} became ${isStored ? again : found}, expected ${expected}`];
  });
}

/** Equal, but for the sign of 0, or both no number: arithmetic on ∞ and NaN is the driver's own, and the finite check catches both. */
function isAlike(found: number, expected: number): boolean {
  return found === expected || !(Number.isFinite(found) || Number.isFinite(expected));
}
