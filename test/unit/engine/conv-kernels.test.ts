// What is decided about a convolution before any GPU is asked: whether it is ours, whether it is a matrix product, its tiles and its chunks.

import { describe, expect, it } from 'vitest';
import { asMatMul } from '../../../src/engine/kernels/conv2d-as-matmul.ts';
import { convGeometry, type ConvGeometry } from '../../../src/engine/kernels/conv-geometry.ts';
import { convTiles, tileClassOf, tileVariants } from '../../../src/engine/kernels/conv2d-tile.ts';
import { rowChunks } from '../../../src/engine/kernels/row-chunks.ts';

const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

function geometryOf(image: readonly number[], filter: readonly number[], more: Readonly<Record<string, unknown>> = {}): ConvGeometry {
  const geometry = convGeometry(image, filter, { ...attributes, ...more });
  if (geometry === null) throw new Error('test: expected a convolution of ours');
  return geometry;
}

describe('convolutions of ours', () => {
  it.each([
    ['channels before rows', { dataFormat: 'NCHW' }, [1, 8, 8, 4], [3, 3, 4, 4]],
    ['dilation', { dilations: [2, 1] }, [1, 8, 8, 4], [3, 3, 4, 4]],
    ['an empty batch', {}, [0, 8, 8, 4], [3, 3, 4, 4]],
    ['a result without rows', { pad: 'valid' }, [1, 2, 8, 4], [3, 3, 4, 4]],
    ['channels in groups', {}, [1, 8, 8, 4], [3, 3, 2, 4]],
  ] as const)('are not those with %s', (_, more, image, filter) => {
    expect(convGeometry(image, filter, { ...attributes, ...more })).toBeNull();
  });

  it('are matrix products where the filter has one pixel or covers the image', () => {
    expect(asMatMul(geometryOf([2, 5, 6, 3], [1, 1, 3, 7]))).toEqual({ rows: 60, inner: 3, columns: 7 });
    expect(asMatMul(geometryOf([2, 5, 6, 3], [5, 6, 3, 7], { pad: 'valid' }))).toEqual({ rows: 2, inner: 90, columns: 7 });
    expect(asMatMul(geometryOf([2, 5, 6, 3], [1, 1, 3, 7], { strides: [2, 2] }))).toBeNull();
    expect(asMatMul(geometryOf([2, 5, 5, 3], [5, 5, 3, 7]))).toBeNull();
  });
});

describe('tiles', () => {
  const shapes = [4, 7, 14, 28, 33].flatMap((side) => [3, 4, 8, 12, 20].map((channels) => ({ side, channels })));

  it.each(['forward', 'input-gradient'] as const)(
    '%s: every one that may be chosen divides the channels, and stock is among them',
    (direction) => {
      for (const { side, channels } of shapes) {
        const geometry = geometryOf([32, side, side, channels], [3, 3, channels, channels]);
        const names = tileVariants(tileClassOf(geometry, direction));
        expect(names.at(-1)).toBe('stock');
        const elements = channels % 4 === 0 ? channels / 4 : channels;
        const remainders = names.slice(0, -1).map((name) => elements % (convTiles[name]?.elements ?? NaN));
        expect(remainders, `${side} x ${side} x ${channels}: ${names.join(', ')}`).toEqual(remainders.map(() => 0));
      }
    },
  );
});

describe('chunks of rows', () => {
  it.each([
    [1, 1, 100],
    [32, 28, 5],
    [7, 13, 48],
    [128, 14, 100_000],
  ])('of %i images of %i rows cover each row once, for %i invocations a chunk', (batch, rows, invocations) => {
    const geometry = geometryOf([batch, rows, 4, 4], [3, 3, 4, 4]);
    const { rowsPerChunk, chunkCount } = rowChunks(geometry, invocations);
    expect(chunkCount * rowsPerChunk).toBeGreaterThanOrEqual(batch * rows);
    expect((chunkCount - 1) * rowsPerChunk).toBeLessThan(batch * rows);
  });
});
