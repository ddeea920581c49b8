import { it, expect } from 'vitest';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
it('prof', async () => {
  for (const backend of ['webgpu', 'webgl'] as const) {
    const engine = await startEngine({ backend });
    const log: string[] = [];
    const time = async (name: string, f: () => tf.Tensor | tf.Tensor[]) => {
      const before = engine.backend ? Object.keys(engine.backend.internals.pipelineCache).length : 0;
      const t = performance.now();
      const r = f();
      await engine.sync();
      for (const x of [r].flat()) await x.data();
      const ms = performance.now() - t;
      const keys = engine.backend
        ? Object.keys(engine.backend.internals.pipelineCache)
            .slice(before)
            .map((k) => k.slice(0, 50))
        : [];
      log.push(`${backend} ${name}: ${ms.toFixed(0)} ms ${keys.length} ${keys.join(' ; ')}`);
      return r as tf.Tensor;
    };
    const x = tf.randomNormal([8, 6, 6, 1]) as tf.Tensor4D;
    const w = tf.randomNormal([3, 3, 1, 4]) as tf.Tensor4D;
    await time('toF16', () => engine.toF16(tf.tensor1d([1, 2, 3])));
    const f = engine.toF16(tf.tensor1d([1, 2, 3]));
    await time('mul16', () => tf.mul(f, 1));
    const c = (await time('conv', () => tf.conv2d(x, w, 1, 'same'))) as tf.Tensor4D;
    const b = (await time('bias', () => tf.add(c, tf.ones([4])))) as tf.Tensor4D;
    const r = (await time('relu', () => tf.relu(b))) as tf.Tensor4D;
    const p = (await time('pool', () => tf.maxPool(r, 2, 2, 'valid'))) as tf.Tensor4D;
    const m = (await time('matmul', () => tf.matMul(tf.reshape(p, [8, 36]), tf.ones([36, 3])))) as tf.Tensor2D;
    await time('addbias', () => tf.add(m, tf.ones([3])));
    const y = tf.ones([8, 3]);
    await time('sce', () => tf.losses.softmaxCrossEntropy(y, m));
    const g = (await time('sce grad', () => tf.grad((z: tf.Tensor) => tf.losses.softmaxCrossEntropy(y, z) as tf.Scalar)(m))) as tf.Tensor2D;
    await time('mm grads', () =>
      tf.grads((a: tf.Tensor, bb: tf.Tensor) => tf.matMul(a as tf.Tensor2D, bb as tf.Tensor2D))([tf.ones([8, 36]), tf.ones([36, 3])], g),
    );
    await time('bias grad', () => tf.sum(g, 0));
    await time('pool grad', () => tf.grad((z: tf.Tensor) => tf.maxPool(z as tf.Tensor4D, 2, 2, 'valid'))(r, p));
    await time('relu grad', () => tf.grad((z: tf.Tensor) => tf.relu(z))(b, r));
    await time('bias4 grad', () => tf.sum(r, [0, 1, 2]));
    await time('conv filter grad', () => tf.grad((z: tf.Tensor) => tf.conv2d(x, z as tf.Tensor4D, 1, 'same'))(w, c));
    console.log('PROF\n' + log.join('\n'));
  }
  expect(1).toBe(1);
});
