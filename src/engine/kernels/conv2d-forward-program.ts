// The convolution of images, directly: no copy of the image is made (im2col), and each invocation keeps its tile of sums in registers.
//   out[b, y, x, o] = Σ over kh, kw, c of image[b, y·sh + kh - pt, x·sw + kw - pl, c] · filter[kh, kw, c, o]
// Buffers: image (B, H, W, C), filter (KH, KW, C, O), bias (O), out (B, OH, OW, O); vec4 over channels where their number is a multiple of 4.
// Grid: one invocation = one output row × a tile of columns and channels (conv2d-tile.ts). Reads are clamped into the image and masked
// rather than branched around: that builds faster, runs as fast, and what lies outside is zero even where it is clamped to NaN.
// Oracle: the CPU backend and float64 sums (ops-convolution.test.ts, own-kernels.test.ts); error: that of a float32 sum of KH·KW·C products.

import { activationWgsl, type Activation } from './activation-wgsl.ts';
import { geometryDeclaration, geometryUniforms, pixelFunction, type ConvGeometry } from './conv-geometry.ts';
import type { ConvTile } from './conv2d-tile.ts';
import { componentsFor, elementType, lines, partsOf, type FlatProgram } from './kernel-program.ts';

/** What follows the sum. */
export interface ConvEpilogue {
  /** One value per output channel. */
  readonly hasBias: boolean;
  readonly activation: Activation;
  /** Slope of leakyrelu below zero. */
  readonly alpha: number;
}

/** The program; the tile's elements divide those of an output pixel. Its inputs are image, filter and, with a bias, the bias. */
export function conv2dForwardProgram(geometry: ConvGeometry, tile: ConvTile, { hasBias, activation, alpha }: ConvEpilogue): FlatProgram {
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry;
  const imageComponents = componentsFor(inChannels);
  const outComponents = componentsFor(outChannels);
  const blocks = outChannels / outComponents / tile.elements;
  return {
    key: `conv2DDirect_${tile.columns}x${tile.elements}_${imageComponents}_${outComponents}_${hasBias}_${activation}`,
    inputs: [['image', imageComponents], ['weights', outComponents], ...(hasBias ? [['bias', outComponents] as const] : [])],
    outputComponents: outComponents,
    uniformDeclaration: `${geometryDeclaration} alpha : f32,`,
    uniforms: [...geometryUniforms(geometry, imageComponents, outComponents), { type: 'float32', data: [alpha] }],
    shape: geometry.outShape,
    invocationCount: batchSize * outHeight * Math.ceil(outWidth / tile.columns) * blocks,
    wgsl: () => wgslOf(tile, imageComponents, outComponents, { hasBias, activation }),
  };
}

function wgslOf(
  { columns, elements }: ConvTile,
  imageComponents: 1 | 4,
  outComponents: 1 | 4,
  { hasBias, activation }: Pick<ConvEpilogue, 'hasBias' | 'activation'>,
): string {
  const type = elementType(outComponents);
  const parts = partsOf(imageComponents);
  const sumOf = (column: number, element: number): string => `sum${column}_${element}`;
  const weightOf = (part: number, element: number): string => `weight${part}_${element}`;
  const product = (column: number, element: number): string =>
    lines(imageComponents, (part) => {
      const sum = sumOf(column, element);
      return `${sum} = fma(${weightOf(part, element)}, ${type}(value${parts[part]}), ${sum});`;
    });
  return `
${activationWgsl(activation, type)}
${pixelFunction('image', imageComponents, 'uniforms.imageSize')}
fn main(index : i32) {
  let size = uniforms.outSize;
  let blocks = size.w / ${elements};
  let strips = (size.z + ${columns - 1}) / ${columns};
  let block = index % blocks * ${elements};
  let place = index / blocks;
  let x = place % strips * ${columns};
  let y = place / strips % size.y;
  let batch = place / strips / size.y;
  if (batch >= size.x) { return; }
  ${lines(columns, (column) => lines(elements, (element) => `var ${sumOf(column, element)} = ${type}(0.0);`))}
  for (var kh = 0; kh < uniforms.filterSize.x; kh++) {
    let row = y * uniforms.strides.x + kh - uniforms.pads.x;
    for (var kw = 0; kw < uniforms.filterSize.y; kw++) {
      let column = x * uniforms.strides.y + kw - uniforms.pads.y;
      let tap = (kh * uniforms.filterSize.y + kw) * uniforms.imageSize.w;
      for (var c = 0; c < uniforms.imageSize.w; c++) {
        let start = (tap + c) * ${imageComponents} * size.w + block;
        ${lines(imageComponents, (part) =>
          lines(elements, (element) => `let ${weightOf(part, element)} = ${type}(weights[start + ${part} * size.w + ${element}]);`),
        )}
        ${lines(
          columns,
          (strip) => `{
          let value = pixel(batch, row, column + ${strip} * uniforms.strides.y, c);
          ${lines(elements, (element) => product(strip, element))}
        }`,
        )}
      }
    }
  }
  let start = ((batch * size.y + y) * size.z + x) * size.w + block;
  ${lines(
    columns,
    (column) => `if (x + ${column} < size.z) {
    ${lines(elements, (element) => {
      const bias = hasBias ? ` + ${type}(bias[block + ${element}])` : '';
      return `setOutputAtIndex(start + ${column} * size.w + ${element}, activation(${sumOf(column, element)}${bias}));`;
    })}
  }`,
  )}
}`;
}
