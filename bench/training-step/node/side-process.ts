// A side in a process of its own, on Dawn in Node, for machines without a browser and for Dawn's null backend: `node side-process.mjs SIDE WEBGPU [FLAG …]`, where WEBGPU
// is the entry file of the npm package `webgpu` and FLAGs are Dawn's, such as `backend=null`. Calls come over the channel of `child_process.fork`.

import { pathToFileURL } from 'node:url';
import { installKernelClock } from '../sides/kernel-clock.ts';
import { serveSide, type CallMessage } from '../sides/serve-side.ts';
import type { Side, SideName } from '../sides/side.ts';

/** What the package exports. */
interface DawnInNode {
  create(flags: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

const sides: Readonly<Record<SideName, () => Promise<Side>>> = {
  stock: async () => (await import('../sides/stock.ts')).openSide(),
  'jax-js': async () => (await import('../sides/jax.ts')).openSide(),
  lockstep: async () => (await import('../sides/lockstep.ts')).openSide(),
  fp32: async () => (await import('../sides/lockstep.ts')).openSide(),
  'fp16-native': async () => (await import('../sides/lockstep.ts')).openFp16Native(),
  'fp16-packed': async () => (await import('../sides/lockstep.ts')).openFp16Packed(),
};

const [name = '', webgpuPath = '', ...flags] = process.argv.slice(2);
const openSide = Object.entries(sides).find(([side]) => side === name)?.[1];
if (openSide === undefined) throw new Error(`side-process: expected one of ${Object.keys(sides).join(', ')}, got ${name}.`);
const isNull = flags.includes('backend=null');
await pretendToBeAWorker();
supplyIteratorHelpers();
if (isNull) readZeros();

const serve = serveSide(
  openSide,
  (message) => process.send?.(message),
  isNull ? null : installKernelClock(), // there is nothing to time there, and the clock would cost what is counted
);
process.on('message', (message) => serve(message as CallMessage)); // nobody else has the channel
process.on('disconnect', () => process.exit());

/** tfjs looks for these when it is imported: WebGPU, and a scope that tells it not to look for Node's own modules. */
async function pretendToBeAWorker(): Promise<void> {
  const dawn = (await import(/* @vite-ignore */ pathToFileURL(webgpuPath).href)) as DawnInNode; // bench/package.json pins it
  Object.assign(globalThis, dawn.globals, { WorkerGlobalScope: Object, self: globalThis });
  const gpu = dawn.create(flags);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node', language: 'en' }, configurable: true });
}

/** The null backend reads back what memory held, now and then a NaN, for which a lane of ours stops: here it is zeros, on every side. */
function readZeros(): void {
  const { prototype } = GPUBuffer;
  const { getMappedRange } = prototype;
  prototype.getMappedRange = function (this: GPUBuffer, ...range) {
    const mapped = getMappedRange.apply(this, range);
    new Uint8Array(mapped).fill(0);
    return mapped;
  };
}

/** jax-js maps and filters iterators, which Node can from version 22 on. */
function supplyIteratorHelpers(): void {
  const prototype: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
  if ('map' in prototype) return;
  Object.assign(prototype, {
    *map<T, U>(this: Iterable<T>, change: (value: T) => U): Generator<U> {
      for (const value of this) yield change(value);
    },
    *filter<T>(this: Iterable<T>, keeps: (value: T) => boolean): Generator<T> {
      for (const value of this) if (keeps(value)) yield value;
    },
  });
}
