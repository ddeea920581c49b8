// Every f16 there is, and 100,000 floats, through the GPU, native and packed: by the conversion that the self-test chooses (llvmpipe's own; of
// SwiftShader it finds that subnormals are rounded without their last bits), and by ours in integers.
// Oracles: IEEE 754-2019, section 3.4, written out below in exact double arithmetic; nothing of src/core/float16.ts.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createPrng } from '../../../src/core/prng.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { setVariantTable } from '../../../src/engine/tune/variant-table.ts';
import { createCnn } from './models.ts';
import { trainSteps } from './train-steps.ts';

const storages = inject('hasShaderF16') ? (['native', 'packed'] as const) : (['packed'] as const);
const ways = storages.flatMap((storage) => {
  const vectors = storage === 'native' ? (['words', 'f16'] as const) : (['words'] as const);
  return (['the device', 'integers'] as const).flatMap((rounding) => vectors.map((type) => [storage, rounding, type] as const));
});

const everyPattern = Uint16Array.from({ length: 65_536 }, (_, pattern) => pattern);
const everyValue = Float32Array.from(everyPattern, valueOf);
const floats = randomFloats(100_000);

describe.each(ways)('%s f16, rounded by %s, vectors as %s', (storage, rounding, vectors) => {
  let backend: LockstepBackend;
  beforeAll(async () => {
    const engine = await startEngine({
      backend: 'webgpu',
      f16: storage,
      ...(rounding === 'integers' ? { f16Rounding: 'integer' } : { selfTest: 'run' }),
    });
    expect(engine.report.f16).toBe(storage);
    expect(engine.report.selfTest?.passed).not.toBe(false);
    if (engine.backend === null) throw new Error('expected WebGPU');
    ({ backend } = engine);
    setVariantTable({ 'f16Vectors/all': vectors });
    expect(backend.f16Form.vectors).toBe(vectors);
  });
  afterAll(() => setVariantTable({}));

  it('decodes all 65,536 patterns to the values that binary16 defines', async () => {
    const decoded = await holding((patterns) => valuesOf(backend, backend.toF32(patterns)));
    expect(unlike(decoded, everyValue)).toEqual([]);
  });

  it('encodes every one of them to its own pattern again, and NaN to a NaN', async () => {
    const encoded = await holding((patterns) => bitsOf(backend, backend.toF16(backend.toF32(patterns))));
    const wrong = everyPattern.filter((pattern) =>
      isNaNPattern(pattern) ? !isNaNPattern(encoded[pattern] ?? 0) : encoded[pattern] !== pattern,
    );
    expect([...wrong]).toEqual([]);
  });

  it('moves every pattern unchanged through a program that reads and writes one value at a time', async () => {
    const moved = await holding((patterns) => {
      const square = { ...patterns, shape: [256, 256] };
      const program = { inputs: { x: square }, attrs: { perm: [1, 0] }, backend };
      const flow = { format: 'f16' as const, castsInput: () => false, outputsF16: () => true };
      const transposed = backend.withPolicy(flow, () => tf.getKernel('Transpose', 'webgpu').kernelFunc(program)) as TensorInfo; // one output
      expect(backend.isF16(transposed)).toBe(true);
      return bitsOf(backend, transposed);
    });
    const wrong = everyPattern.filter((pattern) => {
      const found = moved[(pattern % 256) * 256 + Math.floor(pattern / 256)] ?? 0;
      return isNaNPattern(pattern) ? !isNaNPattern(found) : found !== pattern;
    });
    expect([...wrong]).toEqual([]);
  });

  it('rounds 100,000 random floats to the nearest f16, ties to even', async () => {
    const source = tf.tensor1d(floats);
    const bits = await bitsOf(backend, backend.toF16(source));
    source.dispose();
    expect(unlike(Float32Array.from(bits, valueOf), floats.map(nearestF16), floats)).toEqual([]);
  });

  /** What is made of an f16 tensor with every pattern, which lives as long. */
  async function holding<Result>(use: (patterns: TensorInfo) => Promise<Result>): Promise<Result> {
    const zeros = tf.zeros([65_536]);
    const patterns = backend.toF16(zeros);
    backend.flush();
    backend.internals.queue.writeBuffer(backend.bufferOf(patterns.dataId), 0, everyPattern);
    const result = await use(patterns);
    backend.disposeData(patterns.dataId);
    zeros.dispose();
    return result;
  }
});

// On llvmpipe, which has both.
it('native and packed f16 train the same model to the same bits', async ({ skip }) => {
  skip(!inject('hasShaderF16'), 'this adapter has packed storage alone');
  const trained = [];
  for (const f16 of storages) {
    const model = createCnn(14);
    const { losses } = await trainSteps(await startEngine({ backend: 'webgpu', f16 }), model, 'fp16', 3, 4);
    trained.push({ losses, weights: await Promise.all(model.variables.map(async (weight) => [...(await weight.data())])) });
    model.dispose();
  }
  expect(trained[0]?.losses).toHaveLength(3);
  expect(trained[1]).toEqual(trained[0]);
});

async function bitsOf(backend: LockstepBackend, info: TensorInfo): Promise<Uint16Array> {
  const size = info.shape.reduce((product, length) => product * length, 1);
  const bits = new Uint16Array(await backend.getBufferData(backend.bufferOf(info.dataId))).slice(0, size);
  backend.disposeData(info.dataId);
  return bits;
}

async function valuesOf(backend: LockstepBackend, info: TensorInfo): Promise<Float32Array> {
  const tensor: Tensor = tf.engine().makeTensorFromTensorInfo(info, backend);
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

/** The first few that differ, NaN from NaN not and 0 from −0. */
function unlike(found: Float32Array, expected: Float32Array, sources: Float32Array = expected): readonly string[] {
  const wrong: string[] = [];
  for (let index = 0; index < expected.length && wrong.length < 8; index++)
    if (!Object.is(found[index], expected[index])) wrong.push(`${sources[index]} became ${found[index]}, expected ${expected[index]}`);
  return wrong;
}

function isNaNPattern(pattern: number): boolean {
  return (pattern & 0x7fff) > 0x7c00;
}

/** The value of a pattern. */
function valueOf(pattern: number): number {
  const sign = (-1) ** (pattern >>> 15);
  const exponent = (pattern >>> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * (fraction / 1024) : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** A float over the distance of the f16 around it is exact in a double, and so are its whole part and what is left. */
function nearestF16(value: number): number {
  if (!Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  let distance = 2 ** -24;
  while (distance * 2048 <= magnitude) distance *= 2; // eleven significant bits
  const whole = Math.floor(magnitude / distance);
  const rest = magnitude / distance - whole;
  const rounded = (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole) * distance;
  const result = rounded >= 65_536 ? Infinity : rounded;
  return value < 0 || Object.is(value, -0) ? -result : result;
}

/** A quarter of any bits at all, half within and around the range of f16, a quarter halfway between two f16 or the smallest step beside that. */
function randomFloats(count: number): Float32Array {
  const prng = createPrng(16);
  const values = new Float32Array(count);
  const words = new Uint32Array(values.buffer);
  for (let index = 0; index < count; index++) {
    const pattern = Math.floor(prng.next() * 0x7bff);
    if (index % 4 === 0) words[index] = Math.floor(prng.next() * 2 ** 32);
    else if (index % 4 === 1) {
      values[index] = (valueOf(pattern) + valueOf(pattern + 1)) / 2;
      words[index] = (words[index] ?? 0) + Math.floor(prng.next() * 3) - 1;
    } else values[index] = (prng.next() < 0.5 ? -1 : 1) * 2 ** (prng.next() * 45 - 28);
  }
  return values;
}
