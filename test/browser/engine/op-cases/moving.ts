import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

const embeddingIndices = () => tf.tensor1d([3, 7, 7, 49, 0, 3], 'int32');

/** Values moved to other places. */
export const movingCases: readonly OpCase[] = [
  { name: 'embedding', inputs: [uniform([50, 16])], run: (w) => tf.gather(w, embeddingIndices(), 0) },
  { name: 'gather along axis 1', inputs: [uniform([5, 16])], run: (w) => tf.gather(w, tf.tensor1d([3, 7, 7, 15], 'int32'), 1) },
  { name: 'product with oneHot', inputs: [uniform([4, 10])], run: (x) => tf.mul(x, tf.oneHot(tf.tensor1d([1, 2, 3, 9], 'int32'), 10)) },
  { name: 'reshape and transpose', inputs: [uniform([4, 6, 8])], run: (x) => tf.transpose(tf.reshape(x, [8, 4, 6]), [2, 0, 1]) },
  { name: 'concat', inputs: [uniform([4, 6]), uniform([4, 3], 2)], run: (a, b) => tf.concat([a, b], 1) },
  { name: 'slice', inputs: [uniform([8, 6])], run: (x) => tf.slice(x, [1, 2], [4, 3]) },
  {
    name: 'stridedSlice',
    inputs: [uniform([8, 6])],
    run: (x) => tf.stridedSlice(x, [0, 0], [8, 6], [2, 3]),
  },
  {
    name: 'split',
    inputs: [uniform([8, 6])],
    run: (x) => {
      const [left, right] = tf.split(x, 2, 1);
      return tf.mul(left!, right!);
    },
  },
  {
    name: 'stack and unstack',
    inputs: [uniform([4, 6])],
    run: (x) => tf.stack(tf.unstack(x).map((row, index) => tf.mul(row, index + 1))),
  },
  {
    name: 'pad',
    inputs: [uniform([8, 6])],
    run: (x) =>
      tf.pad(x, [
        [1, 2],
        [0, 3],
      ]),
  },
  {
    name: 'mirrorPad',
    inputs: [uniform([8, 6])],
    run: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
  },
  { name: 'tile', inputs: [uniform([4, 6])], run: (x) => tf.tile(x, [2, 3]) },
  { name: 'reverse', inputs: [uniform([4, 6])], run: (x) => tf.reverse(x, 1) },
  {
    name: 'tensorScatterUpdate',
    inputs: [uniform([4, 6])],
    run: (x) => tf.tensorScatterUpdate(x, tf.tensor2d([[3], [0]], [2, 1], 'int32'), tf.mul(tf.slice(x, [1, 0], [2, 6]), 2)),
    noGradient: 'tfjs has none',
  },
  {
    name: 'gatherND',
    inputs: [uniform([4, 6])],
    run: (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
          ],
          [2, 2],
          'int32',
        ),
      ),
  },
  {
    name: 'unsortedSegmentSum',
    inputs: [uniform([6, 4])],
    run: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 1, 2, 0, 2], 'int32'), 3),
  },
  {
    name: 'spaceToBatchND',
    inputs: [uniform([1, 4, 4, 1])],
    run: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  {
    name: 'depthToSpace',
    inputs: [uniform([1, 4, 4, 4])],
    run: (x) => tf.depthToSpace(x as tf.Tensor4D, 2),
  },
];
