// The start-up self-test: may this backend be trusted to train? Wrong gradients have shipped on real phones, silently, and a model then
// just learns badly. Three questions, under a second together on a software adapter:
//   internals  the members of tfjs that the engine relies on are there
//   gradients  of a small net (convolution, max pooling, dense layer, softmax cross-entropy) are those of tfjs's CPU backend; on the CPU
//              itself they are those that finite differences give
//   f16        known answers come back through the storage that fp16 lanes use: rounding to even, subnormals, overflow, NaN

import type { SelfTest, SelfTestCheck } from '../core/device-report.ts';
import { createPrng } from '../core/prng.ts';
import { checkInternals } from './backend/internals.ts';
import { webGlBackend } from './backend/webgl-internals.ts';
import { activate } from './engine.ts';
import type { StartedEngine } from './engine.ts';
import { tf } from './tf.ts';

/** Runs it; the engine's backend is the active one before and after. Never throws: what throws has not passed. */
export async function runSelfTest(engine: StartedEngine): Promise<SelfTest> {
  const startedAt = performance.now();
  const checks = [
    await check('internals', () => Promise.resolve(checkMembers(engine))),
    await check('f16', () => checkF16(engine)),
    await check('gradients', () => checkGradients(engine)),
  ];
  return { passed: checks.every(({ passed }) => passed), ms: Math.round(performance.now() - startedAt), checks };
}

/** `ask` returns what was found, and throws an Error with it where that is wrong. */
async function check(name: SelfTestCheck['name'], ask: () => Promise<string>): Promise<SelfTestCheck> {
  try {
    return { name, passed: true, detail: await ask() };
  } catch (thrown) {
    return { name, passed: false, detail: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function checkMembers({ backend, report }: StartedEngine): string {
  if (backend !== null) checkInternals(backend);
  else if (report.backend === 'webgl') webGlBackend();
  return `tfjs ${tf.version_core} has every member that the engine uses`;
}

/** What goes in, and the f16 it must come out as; from 65,520 on a driver may make ∞ or NaN of it, which the finite check both catches. */
const f16Answers: readonly (readonly [value: number, expected: number | 'not finite'])[] = [
  [1, 1],
  [-0.1, -0.0999755859375],
  [1 + 2 ** -11, 1], // halfway: to the even neighbour, below
  [1 + 3 * 2 ** -11, 1 + 2 ** -9], // halfway: to the even neighbour, above
  [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [65504, 65504], // the largest
  [65519, 65504],
  [65520, 'not finite'],
  [-1e6, 'not finite'],
  [Infinity, 'not finite'],
  [NaN, 'not finite'],
  [2 ** -24, 2 ** -24], // the smallest subnormal
  [3 * 2 ** -25, 2 ** -23],
  [2 ** -25, 0],
  [-(2 ** -15) - 2 ** -24, -(2 ** -15) - 2 ** -24],
  [0, 0],
];

async function checkF16(engine: StartedEngine): Promise<string> {
  const source = tf.tensor1d(f16Answers.map(([value]) => value));
  const stored = engine.toF16(source);
  const loaded = tf.mul(stored, 1); // as a program reads it
  const got = await loaded.data<'float32'>();
  tf.dispose([source, stored, loaded]);
  const wrong = f16Answers.flatMap(([value, expected], index) => {
    const found = got[index] ?? Number.NaN;
    const isRight = expected === 'not finite' ? !Number.isFinite(found) : found === expected;
    return isRight ? [] : [`${value} became ${found}, expected ${expected}`];
  });
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const overflow = [...got].filter((value) => !Number.isFinite(value)).every((value, index) => Number.isNaN(value) === (index === 3));
  return `${f16Answers.length} known answers right; beyond 65,504 comes ${overflow ? 'infinity' : 'an infinity or NaN, and both count as overflow'}`;
}

const side = 6;
const rowCount = 8;
const classCount = 3;
const filterCount = 4;
const shapes = [[3, 3, 1, filterCount], [filterCount], [(side / 2) ** 2 * filterCount, classCount], [classCount]] as const;

/** The largest difference that rounding explains: sums of under a thousand f32 products are off by 1e-5 of the largest at worst. */
const largestRelativeDifference = 1e-3;

async function checkGradients(engine: StartedEngine): Promise<string> {
  const values = shapes.map((shape, index) => randomValues(sizeOf(shape), index + 1));
  if (engine.report.backend === 'cpu') return checkSlope(values);
  const found = await gradientsAt(values);
  await engine.check();
  await activate('cpu');
  const expected = await gradientsAt(values).finally(() => activate(engine.report.backend));
  const differences = expected.map((gradient, index) => relativeDifference(found[index] ?? new Float32Array(0), gradient));
  const worst = Math.max(...differences);
  if (!(worst <= largestRelativeDifference)) {
    const place = ['convolution weights', 'convolution bias', 'dense weights', 'dense bias'][differences.indexOf(worst)] ?? 'a gradient';
    throw new Error(`gradients of the ${place} differ from the CPU's by ${worst.toPrecision(2)} of the largest`);
  }
  return `four gradients of a small net differ from the CPU's by at most ${worst.toPrecision(2)} of the largest`;
}

/** On the CPU: the loss must fall along the gradient as fast as the gradient says, (L(w+εg) − L(w−εg)) / 2ε = ‖g‖². */
async function checkSlope(values: readonly Float32Array[]): Promise<string> {
  const gradients = await gradientsAt(values);
  const square = gradients.reduce((sum, gradient) => sum + gradient.reduce((part, g) => part + g * g, 0), 0);
  const step = 1e-3 / Math.sqrt(square);
  const moved = (sign: 1 | -1): Promise<number> =>
    lossAt(values.map((part, index) => part.map((value, at) => value + sign * step * (gradients[index]?.[at] ?? 0))));
  const slope = ((await moved(1)) - (await moved(-1))) / (2 * step);
  const error = Math.abs(slope / square - 1);
  // The loss is an f32 near 1: its last digit, 6e-8, over a difference of 2e-3·‖g‖ is well below this.
  if (!(error <= 1e-2))
    throw new Error(`the loss changes along its gradient by ${slope.toPrecision(3)}, expected ${square.toPrecision(3)}`);
  return `the loss changes along its gradient as finite differences say, within ${error.toPrecision(2)}`;
}

async function gradientsAt(values: readonly Float32Array[]): Promise<Float32Array[]> {
  const gradients = tf.tidy(() => {
    const { x, y } = batch();
    return tf.grads((...parameters) => netLoss(parameters, x, y))(tensorsOf(values));
  });
  const read = await Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
  tf.dispose(gradients);
  return read;
}

async function lossAt(values: readonly Float32Array[]): Promise<number> {
  const loss = tf.tidy(() => {
    const { x, y } = batch();
    return netLoss(tensorsOf(values), x, y);
  });
  const [value = Number.NaN] = await loss.data<'float32'>();
  loss.dispose();
  return value;
}

/** (8, 6, 6, 1) → convolution 3×3, relu → (8, 6, 6, 4) → max pooling → (8, 3, 3, 4) → dense → (8, 3) → mean loss. */
function netLoss(parameters: readonly tf.Tensor[], x: tf.Tensor4D, y: tf.Tensor): tf.Scalar {
  const [filter, filterBias, weights, bias] = parameters as [tf.Tensor4D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D]; // in the order of `shapes`
  const features = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(x, filter, 1, 'same'), filterBias)), 2, 2, 'valid');
  const logits = tf.add(tf.matMul(tf.reshape(features, [rowCount, -1]), weights), bias);
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, logits);
}

function batch(): { readonly x: tf.Tensor4D; readonly y: tf.Tensor } {
  const labels = Array.from({ length: rowCount * classCount }, (_, at) =>
    at % classCount === Math.floor(at / classCount) % classCount ? 1 : 0,
  );
  return {
    x: tf.tensor(randomValues(rowCount * side * side, 99), [rowCount, side, side, 1]),
    y: tf.tensor(Float32Array.from(labels), [rowCount, classCount]),
  };
}

function tensorsOf(values: readonly Float32Array[]): tf.Tensor[] {
  return values.map((part, index) => tf.tensor(part, [...(shapes[index] ?? [])]));
}

function randomValues(size: number, seed: number): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length: size }, () => prng.next() * 2 - 1);
}

/** max |a − b| / max |b|; NaN where `a` holds one. */
function relativeDifference(found: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs((found[index] ?? Number.NaN) - value)), 0);
  return worst / largest;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
