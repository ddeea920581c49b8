import { tf } from '../../../src/engine/tf.ts';

/** Milliseconds of one (size, size) by (size, size) product on tfjs's current backend, the mean over `count`, after one that compiles. */
export async function productMs(size: number, count: number): Promise<number> {
  const a = tf.randomUniform([size, size], -1, 1, 'float32', 1);
  const b = tf.randomUniform([size, size], -1, 1, 'float32', 2);
  const run = async (times: number): Promise<number> => {
    const startedAt = performance.now();
    let product = tf.matMul(a, b);
    for (let left = times; left > 1; left--) {
      product.dispose();
      product = tf.matMul(a, b);
    }
    const corner = product.slice([0, 0], [1, 1]);
    await corner.data(); // waits for all of them: the queue runs in order
    tf.dispose([product, corner]);
    return (performance.now() - startedAt) / times;
  };
  await run(1);
  const ms = await run(count);
  tf.dispose([a, b]);
  return ms;
}
