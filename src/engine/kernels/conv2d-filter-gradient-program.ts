// The gradient of a convolution for its filter.
//   dw[kh, kw, c, o] = Σ over b, y, x of image[b, y·sh + kh - pt, x·sw + kw - pl, c] · dy[b, y, x, o]
// The sums are long and the results few (stock tfjs takes one invocation per weight), so the rows (b, y) are cut into chunks: one program
// sums each chunk by itself, the other adds the chunks (row-chunks.ts). In a fixed order, so the result is the same every time.
// Buffers: image (B, H, W, C), dy (B, OH, OW, O), out (chunks, KH, KW, C, O); vec4 over channels where their number is a multiple of 4.
// Grid: one invocation = one row of taps × one element of image channels × `elements` elements of output channels, for one chunk.
// Oracle: as in conv2d-forward-program.ts; error: that of a float32 sum of B·OH·OW products, smaller where there are chunks.

import type { UniformField } from '../backend/internals.ts';
import { geometryDeclaration, geometryUniforms, pixelFunction, type ConvGeometry } from './conv-geometry.ts';
import type { RowChunks } from './row-chunks.ts';
import { componentsFor, elementType, lines, partsOf, type FlatProgram } from './kernel-program.ts';

/** Registers an invocation keeps its sums in, in elements; more of them are spilled to memory. */
const mostSums = 28;

/** How many elements of output channels an invocation takes; null where even one has more sums than fit. */
export function filterGradientElements(geometry: ConvGeometry): number | null {
  const { inChannels, outChannels, filterWidth } = geometry;
  const pixelElements = outChannels / componentsFor(outChannels);
  const sumsOfOne = filterWidth * componentsFor(inChannels);
  return [4, 2, 1].find((elements) => pixelElements % elements === 0 && sumsOfOne * elements <= mostSums) ?? null;
}

/** The program of the chunks. Its inputs are image and dy; its output has one filter gradient after the other. */
export function conv2dFilterGradientProgram(geometry: ConvGeometry, elements: number, chunks: RowChunks): FlatProgram {
  const imageComponents = componentsFor(geometry.inChannels);
  const outComponents = componentsFor(geometry.outChannels);
  const { filterWidth } = geometry;
  const chunkUniforms: UniformField = { type: 'int32', data: [chunks.rowsPerChunk, chunks.chunkCount] };
  return {
    key: `conv2DDerFilterDirect_${filterWidth}_${elements}_${imageComponents}_${outComponents}`,
    inputs: [
      ['image', imageComponents],
      ['dy', outComponents],
    ],
    outputComponents: outComponents,
    uniformDeclaration: `${geometryDeclaration} chunks : vec2<i32>,`,
    uniforms: [...geometryUniforms(geometry, imageComponents, outComponents), chunkUniforms],
    shape: [chunks.chunkCount, ...geometry.filterShape],
    invocationCount: chunks.chunkCount * filterGradientInvocations(geometry, elements),
    wgsl: () => wgslOf(filterWidth, elements, imageComponents, outComponents),
  };
}

/** Invocations per chunk. */
export function filterGradientInvocations({ filterHeight, inChannels, outChannels }: ConvGeometry, elements: number): number {
  return filterHeight * (inChannels / componentsFor(inChannels)) * (outChannels / componentsFor(outChannels) / elements);
}

function wgslOf(filterWidth: number, elements: number, imageComponents: 1 | 4, outComponents: 1 | 4): string {
  const type = elementType(outComponents);
  const parts = partsOf(imageComponents);
  const sumOf = (kw: number, part: number, element: number): string => `sum${kw}_${part}_${element}`;
  const forEachSum = (line: (kw: number, part: number, element: number) => string): string =>
    lines(filterWidth, (kw) => lines(imageComponents, (part) => lines(elements, (element) => line(kw, part, element))));
  return `
${pixelFunction('image', imageComponents, 'uniforms.imageSize')}
fn main(index : i32) {
  let size = uniforms.outSize;
  let blocks = size.w / ${elements};
  let block = index % blocks * ${elements};
  var place = index / blocks;
  let c = place % uniforms.imageSize.w;
  place = place / uniforms.imageSize.w;
  let kh = place % uniforms.filterSize.x;
  let chunk = place / uniforms.filterSize.x;
  if (chunk >= uniforms.chunks.y) { return; }
  ${forEachSum((kw, part, element) => `var ${sumOf(kw, part, element)} = ${type}(0.0);`)}
  let end = min((chunk + 1) * uniforms.chunks.x, size.x * size.y);
  for (var line = chunk * uniforms.chunks.x; line < end; line++) {
    let batch = line / size.y;
    let row = line % size.y * uniforms.strides.x + kh - uniforms.pads.x;
    for (var x = 0; x < size.z; x++) {
      let column = x * uniforms.strides.y - uniforms.pads.y;
      ${lines(elements, (element) => `let gradient${element} = ${type}(dy[(line * size.z + x) * size.w + block + ${element}]);`)}
      ${lines(filterWidth, (kw) => `let value${kw} = pixel(batch, row, column + ${kw}, c);`)}
      ${forEachSum((kw, part, element) => {
        const sum = sumOf(kw, part, element);
        return `${sum} = fma(${type}(value${kw}${parts[part]}), gradient${element}, ${sum});`;
      })}
    }
  }
  let first = (chunk * uniforms.filterSize.x + kh) * uniforms.filterSize.y;
  ${forEachSum(
    (kw, part, element) =>
      `setOutputAtIndex((((first + ${kw}) * uniforms.imageSize.w + c) * ${imageComponents} + ${part}) * size.w + block + ${element}, ${sumOf(kw, part, element)});`,
  )}
}`;
}
