// The engine in a page of its own, and a matrix product through `tf.matMul` as a program would write it, by one implementation after the other.

import { matMulShape } from '../../src/engine/kernels/matmul-shape.ts';
import { matMulVariants, shapeClassOf } from '../../src/engine/kernels/matmul-variants.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { setVariantTable } from '../../src/engine/tune/variant-table.ts';

/** (M, K) · (K, N), as it is stored. */
export interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Milliseconds of one product, round by round, by implementation; the kernel's default is named first. */
export type ProductTimes = Readonly<Record<string, readonly number[]>>;

declare global {
  interface Window {
    timeMatMul?: (product: Product, rounds: number) => Promise<ProductTimes>;
  }
}

/** A round takes about so long for each implementation, so that a browser's coarse clock does not matter. */
const roundMs = 30;
const mostPerRound = 500;

const { sync } = await startEngine({ backend: 'webgpu' });

window.timeMatMul = async ({ rows, inner, columns, transposeA, transposeB }, rounds) => {
  const a = tf.randomUniform(transposeA ? [inner, rows] : [rows, inner], -1, 1, 'float32', 1);
  const b = tf.randomUniform(transposeB ? [columns, inner] : [inner, columns], -1, 1, 'float32', 2);
  const shape = matMulShape(a, b, transposeA, transposeB);
  if (shape === null) throw new Error('bench: expected a product that is ours');
  const shapeClass = shapeClassOf(shape);
  const names = matMulVariants(shapeClass);
  const timeOne = async (name: string, count: number): Promise<number> => {
    setVariantTable({ [`matMul/${shapeClass}`]: name });
    const from = performance.now();
    for (let at = 0; at < count; at++) tf.matMul(a, b, transposeA, transposeB).dispose();
    await sync();
    return (performance.now() - from) / count;
  };
  const counts = new Map<string, number>();
  for (const name of names) {
    await timeOne(name, 1); // compiles
    const once = Math.max(await timeOne(name, 3), 0.01);
    counts.set(name, Math.max(1, Math.min(mostPerRound, Math.round(roundMs / once))));
  }
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const name of names) times.get(name)?.push(await timeOne(name, counts.get(name) ?? 1));
  setVariantTable({});
  tf.dispose([a, b]);
  return Object.fromEntries(times);
};
