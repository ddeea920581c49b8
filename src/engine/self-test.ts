// The start-up self-test: may this backend be trusted to train? Wrong gradients have shipped on real phones, silently, and a model then
// just learns badly. Three questions, of which nearly all the time is compiling GPU programs that a lane needs anyway (rehearsal.ts):
//   internals  the members of tfjs that the engine relies on are there
//   gradients  of small nets are those of tfjs's CPU backend; on the CPU itself they are those that finite differences give. A dense
//              layer always; where that was quick, softmax cross-entropy and a convolution with max pooling as well
//   f16        known answers come back through the storage that fp16 lanes use, bit for bit: rounding to even, subnormals, overflow, NaN

import type { SelfTest, SelfTestCheck } from '../core/device-report.ts';
import { checkInternals } from './backend/internals.ts';
import { webGlBackend } from './backend/webgl-internals.ts';
import { activate } from './engine.ts';
import { f16AnswerCount, wrongF16Answers } from './f16/known-answers.ts';
import { integerRoundingCost } from './f16/rounding-cost.ts';
import type { StartedEngine } from './engine.ts';
import { selfTestNets, tensorsOf } from './self-test-nets.ts';
import type { SelfTestNet, Values } from './self-test-nets.ts';
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

/** Stores that round differently from IEEE 754 are made to round in integers, which must be right. */
async function checkF16(engine: StartedEngine): Promise<string> {
  const { backend } = engine;
  const different = await wrongF16Answers(engine);
  if (different.length > 0 && backend?.f16Form.rounding === 'hardware') {
    backend.roundInIntegers();
    const wrong = await wrongF16Answers(engine);
    if (wrong.length > 0) throw new Error(wrong.join('; '));
    const cost = await integerRoundingCost(engine, backend);
    return `${different.length} of ${f16AnswerCount} known answers differ from IEEE 754 (${different[0]}): ${cost}`;
  }
  if (different.length > 0) throw new Error(different.join('; '));
  return `${f16AnswerCount} known answers are right, as IEEE 754 rounds, subnormals and infinities too`;
}

/** The largest difference that rounding explains: sums of under a thousand f32 products are off by 1e-5 of the largest at worst. */
const largestRelativeDifference = 1e-3;

/** The next net is tried where the test has taken no longer so far: a software adapter compiles for seconds, and the page waits. */
const quickMs = 350;

async function checkGradients(engine: StartedEngine): Promise<string> {
  const startedAt = performance.now();
  const found: string[] = [];
  for (const net of selfTestNets) {
    if (performance.now() - startedAt > quickMs) break;
    found.push(await (engine.report.backend === 'cpu' ? checkSlope(net) : compareWithCpu(engine, net)));
  }
  return found.join('; ');
}

async function compareWithCpu(engine: StartedEngine, net: SelfTestNet): Promise<string> {
  const reading = gradientsOf(net, net.parameters);
  reading.catch(() => undefined); // it is awaited below: until then it must not count as unhandled
  const expected = await expectedOnCpu(engine, net);
  const found = await reading;
  await engine.check();
  const differences = expected.map((gradient, index) => relativeDifference(found[index] ?? new Float32Array(0), gradient));
  const worst = Math.max(...differences);
  if (worst <= largestRelativeDifference)
    return `gradients of ${net.name} differ from the CPU's by at most ${worst.toPrecision(2)} of the largest`;
  throw new Error(`gradients of ${net.name} differ from the CPU's by ${worst.toPrecision(2)} of the largest`);
}

/** Computed while the GPU compiles. */
async function expectedOnCpu(engine: StartedEngine, net: SelfTestNet): Promise<Float32Array[]> {
  await activate('cpu');
  try {
    return await gradientsOf(net, net.parameters);
  } finally {
    await activate(engine.report.backend);
  }
}

/** On the CPU: the loss must fall along the gradient as fast as the gradient says, (L(w+εg) − L(w−εg)) / 2ε = ‖g‖². */
async function checkSlope(net: SelfTestNet): Promise<string> {
  const gradients = await gradientsOf(net, net.parameters);
  const square = gradients.reduce((sum, gradient) => sum + gradient.reduce((part, g) => part + g * g, 0), 0);
  const step = 1e-3 / Math.sqrt(square);
  const lossAt = async (sign: 1 | -1): Promise<number> => {
    const moved = net.parameters.map(({ shape, values }, index) => ({
      shape,
      values: values.map((value, at) => value + sign * step * (gradients[index]?.[at] ?? 0)),
    }));
    const loss = tf.tidy(() => net.loss(tensorsOf(moved)));
    const [value = Number.NaN] = await loss.data<'float32'>();
    loss.dispose();
    return value;
  };
  const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
  const error = Math.abs(slope / square - 1);
  // The loss is an f32 near 1: its last digit, 6e-8, over a difference of 2e-3·‖g‖ is well below this.
  if (error <= 1e-2) return `the loss of ${net.name} falls along its gradient as finite differences say, within ${error.toPrecision(2)}`;
  throw new Error(`the loss of ${net.name} falls along its gradient by ${slope.toPrecision(3)}, expected ${square.toPrecision(3)}`);
}

async function gradientsOf({ loss }: SelfTestNet, parameters: readonly Values[]): Promise<Float32Array[]> {
  const gradients = tf.tidy(() => tf.grads((...tensors) => loss(tensors))(tensorsOf(parameters)));
  const read = await Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
  tf.dispose(gradients);
  return read;
}

/** max |a − b| / max |b|; NaN where `found` holds one or is too short. */
function relativeDifference(found: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs((found[index] ?? Number.NaN) - value)), 0);
  return worst / largest;
}
