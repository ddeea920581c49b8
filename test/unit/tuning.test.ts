// Plan: what a worker proposes can only choose among what there is; what is known of a device is kept and not found again; when nobody tunes.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { isSameTable, parseVariantTable } from '../../src/core/kernel-variants.ts';
import type { DeviceReport } from '../../src/core/device-report.ts';
import type { ReplicaHandle } from '../../src/runner/replica-handle.ts';
import { Tuning, type TuningMode } from '../../src/runner/tuning.ts';
import { keepVariants } from '../../src/state/kept-variants.ts';
import { createStorage } from '../../src/state/storage.ts';

const device: DeviceReport = {
  backend: 'webgpu',
  adapter: { vendor: 'acme', architecture: 'rev-9', device: '', description: '' },
  f16: 'native',
  f16Rounding: 'hardware',
  features: ['shader-f16'],
  limits: {},
  notes: [],
  fallbacks: [],
  selfTest: null,
};
const table = { 'matMul/nn-large': 'stock' };

/** A replica on that device which proposes `answer`, and how often it was asked. */
function replica(answer: unknown, report: Partial<DeviceReport> = {}): { handle: ReplicaHandle; asked: () => number } {
  let count = 0;
  const handle = {
    warmed: Promise.resolve({ ...device, ...report }),
    call: (invoke: (remote: { tune(): unknown }) => unknown) => Promise.resolve(invoke({ tune: () => (count++, answer) })),
  };
  return { handle: handle as unknown as ReplicaHandle, asked: () => count }; // the part of it that tuning uses
}

function storage() {
  const kept = new Map<string, string>();
  const store = createStorage(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }));
  return { store, kept };
}

beforeEach(() => {
  vi.stubGlobal('__LOCKSTEP_VERSION__', '0.0.0-test');
  vi.stubGlobal('navigator', { userAgent: 'test' }); // Node 20 has none
  return () => vi.unstubAllGlobals();
});

describe('a proposed table', () => {
  test('keeps known implementations of known kernels and nothing else', () => {
    const proposed = {
      ...table,
      'matMul/nn large': 'tall',
      'matMul/nt-large': 'alert(1)',
      'fetch/nn-large': 'stock',
      toString: 'stock',
      'matMul/tn-large': 3,
    };
    expect(parseVariantTable(proposed)).toEqual(table);
    for (const other of [null, 'stock', 3, ['stock'], undefined]) expect(parseVariantTable(other)).toEqual({});
  });

  test('is cut off where it is longer than all kernels together', () => {
    const proposed = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`matMul/c${index}`, 'stock']));
    expect(Object.keys(parseVariantTable(proposed)).length).toBe(256);
  });

  test('is the same as one with its entries in another order', () => {
    expect(isSameTable({ 'matMul/a': 'stock', 'matMul/b': 'tall' }, { 'matMul/b': 'tall', 'matMul/a': 'stock' })).toBe(true);
    expect(isSameTable({ 'matMul/a': 'stock' }, { 'matMul/a': 'tall' })).toBe(false);
  });
});

describe('tuning', () => {
  test('asks once, and gives every later run what was found', async () => {
    const tuning = new Tuning('idle', null);
    const { handle, asked } = replica(table);
    expect(tuning.tableFor(device)).toBeNull();
    await tuning.tune(handle);
    await tuning.tune(handle);
    expect(asked()).toBe(1);
    expect(tuning.tableFor(device)).toEqual(table);
  });

  test('is kept for this device and no other, checked when it is read again', async () => {
    const { store, kept } = storage();
    await new Tuning('idle', keepVariants(store)).tune(replica({ ...table, evil: 'stock' }).handle);
    const later = new Tuning('idle', keepVariants(store));
    expect(later.tableFor(device)).toEqual(table);
    expect(later.tableFor({ ...device, features: [] })).toBeNull();
    const [[key = '', text = ''] = []] = kept;
    kept.set(key, text.replace('stock', 'worse'));
    expect(new Tuning('idle', keepVariants(store)).tableFor(device)).toEqual({});
    kept.set(key, '{');
    expect(new Tuning('idle', keepVariants(store)).tableFor(device)).toBeNull();
  });

  test('forgets the devices used longest ago', () => {
    const keep = keepVariants(storage().store);
    for (let index = 0; index < 10; index++) keep.write(`device ${index}`, table);
    expect(keep.read('device 1')).toBeNull();
    expect(keep.read('device 9')).toEqual(table);
  });

  test('says nothing where the replica was taken for a run meanwhile, and asks the next one', async () => {
    const tuning = new Tuning('idle', null);
    await tuning.tune(replica(null).handle);
    expect(tuning.tableFor(device)).toBeNull();
    await tuning.tune(replica(table).handle);
    expect(tuning.tableFor(device)).toEqual(table);
  });

  test.each<[TuningMode, string, Partial<DeviceReport>, number]>([
    ['never', 'on any device', {}, 0],
    ['idle', 'on a device that the defaults were not measured on', {}, 1],
    ['idle', 'on a software adapter', { adapter: { ...device.adapter, architecture: 'swiftshader' } }, 0],
    ['idle', 'without WebGPU', { backend: 'webgl' }, 0],
    ['first', 'on a software adapter', { adapter: { ...device.adapter, description: 'llvmpipe (LLVM 19)' } }, 1],
    ['first', 'without WebGPU', { backend: 'cpu' }, 0],
  ])('%s, %s, asks the replica as often as that', async (mode, _, report, count) => {
    const { handle, asked } = replica(table, report);
    await new Tuning(mode, null).tune(handle);
    expect(asked()).toBe(count);
  });

  test('never reads what was kept where the defaults are wanted', () => {
    const { store } = storage();
    keepVariants(store).write('any', table);
    expect(new Tuning('never', { read: () => table, write: () => undefined }).tableFor(device)).toBeNull();
  });
});
