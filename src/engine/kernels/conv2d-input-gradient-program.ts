// The gradient of a convolution for its image, which is also the forward pass of a transposed convolution.
//   dx[b, y, x, c] = Σ over kh, kw, o of dy[b, (y + pt - kh) / sh, (x + pl - kw) / sw, o] · filter[kh, kw, c, o], where those divide
// Buffers: dy (B, OH, OW, O), filter (KH, KW, C, O), out (B, H, W, C); vec4 over channels where their number is a multiple of 4.
// Grid: one invocation = one row × a tile of columns and channels (conv2d-tile.ts). A tile's columns lie a stride apart, so the same taps
// of the filter reach all of them, and only those are visited. Oracle: as in conv2d-forward-program.ts; error: that of a float32 sum of at
// most KH·KW·O products.

import { geometryDeclaration, geometryUniforms, pixelFunction, type ConvGeometry } from './conv-geometry.ts';
import type { ConvTile } from './conv2d-tile.ts';
import { componentsFor, elementType, lines, type FlatProgram } from './kernel-program.ts';

/** The program; the tile's elements divide those of a pixel of the image. Its inputs are dy and filter. */
export function conv2dInputGradientProgram(geometry: ConvGeometry, tile: ConvTile): FlatProgram {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, strideWidth } = geometry;
  const imageComponents = componentsFor(inChannels);
  const outComponents = componentsFor(outChannels);
  const strips = Math.ceil(Math.ceil(inWidth / strideWidth) / tile.columns) * strideWidth;
  return {
    key: `conv2DDerInputDirect_${tile.columns}x${tile.elements}_${imageComponents}_${outComponents}`,
    inputs: [
      ['dy', outComponents],
      ['weights', outComponents],
    ],
    outputComponents: imageComponents,
    uniformDeclaration: geometryDeclaration,
    uniforms: geometryUniforms(geometry, imageComponents, outComponents),
    shape: geometry.inShape,
    invocationCount: batchSize * inHeight * strips * (inChannels / imageComponents / tile.elements),
    wgsl: () => wgslOf(tile, imageComponents, outComponents),
  };
}

function wgslOf({ columns, elements }: ConvTile, imageComponents: 1 | 4, outComponents: 1 | 4): string {
  const type = elementType(imageComponents);
  const sumOf = (column: number, element: number): string => `sum${column}_${element}`;
  const weightOf = (element: number, part: number): string => `weight${element}_${part}`;
  const weights = (element: number): readonly string[] => Array.from({ length: imageComponents }, (_, part) => weightOf(element, part));
  const product = (element: number): string =>
    outComponents === 4
      ? `${type}(${weights(element)
          .map((weight) => `dot(value, ${weight})`)
          .join(', ')})`
      : `value * ${type}(${weights(element).join(', ')})`;
  return `
${pixelFunction('dy', outComponents, 'uniforms.outSize')}
fn main(index : i32) {
  let size = uniforms.imageSize;
  let strides = uniforms.strides;
  let blocks = size.w / ${elements};
  let strips = ((size.z + strides.y - 1) / strides.y + ${columns - 1}) / ${columns};
  let block = index % blocks * ${elements};
  var place = index / blocks;
  let phase = place % strides.y;
  place = place / strides.y;
  let strip = place % strips * ${columns};
  place = place / strips;
  let y = place % size.y;
  let batch = place / size.y;
  if (batch >= size.x) { return; }
  ${lines(columns, (column) => lines(elements, (element) => `var ${sumOf(column, element)} = ${type}(0.0);`))}
  for (var kh = (y + uniforms.pads.x) % strides.x; kh < uniforms.filterSize.x; kh += strides.x) {
    let row = (y + uniforms.pads.x - kh) / strides.x;
    for (var kw = (phase + uniforms.pads.y) % strides.y; kw < uniforms.filterSize.y; kw += strides.y) {
      let column = strip + (phase + uniforms.pads.y - kw) / strides.y;
      let tap = ((kh * uniforms.filterSize.y + kw) * size.w + block) * ${imageComponents};
      for (var o = 0; o < uniforms.outSize.w; o++) {
        ${lines(elements, (element) =>
          lines(
            imageComponents,
            (part) =>
              `let ${weightOf(element, part)} = ${elementType(outComponents)}(weights[(tap + ${element * imageComponents + part}) * uniforms.outSize.w + o]);`,
          ),
        )}
        ${lines(
          columns,
          (step) => `{
          let value = pixel(batch, row, column + ${step}, o);
          ${lines(elements, (element) => `${sumOf(step, element)} += ${product(element)};`)}
        }`,
        )}
      }
    }
  }
  let start = (batch * size.y + y) * size.z;
  ${lines(
    columns,
    (step) => `{
    let x = (strip + ${step}) * strides.y + phase;
    if (x < size.z) { ${lines(elements, (element) => `setOutputAtIndex((start + x) * size.w + block + ${element}, ${sumOf(step, element)});`)} }
  }`,
  )}
}`;
}
