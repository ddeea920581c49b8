// The autotuner on a real device: it proposes what there is, and leaves the worker as it was.

import { expect, inject, it } from 'vitest';
import { parseVariantTable } from '../../../src/core/kernel-variants.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { autotune } from '../../../src/engine/tune/autotune.ts';
import { f16TuneCases } from '../../../src/engine/tune/f16-tune-case.ts';
import { tuneCases } from '../../../src/engine/tune/tune-cases.ts';
import { tf } from '../../../src/engine/tf.ts';

it('the autotuner times each implementation of a class, proposes known ones only, and leaves no tensor behind', async () => {
  const { sync, check, backend } = await startEngine({ backend: 'webgpu' });
  const before = tf.memory().numTensors;
  const one = tuneCases.filter(({ shapeClass }) => shapeClass === 'nn-small');
  const ran = new Set<string>();
  const run = backend?.runWebGPUProgram.bind(backend);
  if (backend === null || run === undefined) throw new Error('no WebGPU');
  backend.runWebGPUProgram = (program, ...rest) => {
    ran.add(program.shaderKey);
    return run(program, ...rest);
  };
  const table = await autotune(one, { sync, budgetMs: Infinity, isOver: () => false, now: () => performance.now() });
  await check();
  expect(parseVariantTable(table)).toEqual(table);
  expect(Object.keys(table).every((key) => key === 'matMul/nn-small')).toBe(true);
  expect([...ran].filter((key) => key.startsWith('matMul'))).toHaveLength(one[0]?.names.length ?? 0);
  expect(tf.memory().numTensors).toBe(before);
});

it('asks for native f16, and only there, by which type vectors of it are read and written', async () => {
  const { sync, check, backend } = await startEngine({ backend: 'webgpu' });
  if (backend === null) throw new Error('no WebGPU');
  const before = tf.memory().numTensors;
  const cases = f16TuneCases(backend);
  expect(cases.map(({ kernel }) => kernel)).toEqual(inject('hasShaderF16') ? ['f16Vectors'] : []);
  const table = await autotune(cases, { sync, budgetMs: Infinity, isOver: () => false, now: () => performance.now() });
  await check();
  expect(parseVariantTable(table)).toEqual(table);
  expect(tf.memory().numTensors).toBe(before);
});

it('classes that are tuned are of different shapes each, and each has tfjs’s own kernel among its implementations', () => {
  const keys = tuneCases.map(({ kernel, shapeClass }) => `${kernel}/${shapeClass}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { names } of tuneCases) expect(names).toContain('stock');
});
