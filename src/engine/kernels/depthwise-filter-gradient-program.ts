// The gradient of a depthwise convolution, one filter per channel, for its filters.
//   dw[kh, kw, c] = Σ over b, y, x of image[b, y·sh + kh - pt, x·sw + kw - pl, c] · dy[b, y, x, c]
// Cut into chunks of rows, which are then added (row-chunks.ts).
// Buffers: image (B, H, W, C), dy (B, OH, OW, C), out (chunks, KH, KW, C); vec4 over channels where their number is a multiple of 4.
// Grid: one invocation = one row of taps × one element of channels, for one chunk. Oracle: as in depthwise-input-gradient-program.ts;
// error: that of a float32 sum of B·OH·OW products, smaller where there are chunks.

import { geometryDeclaration, geometryUniforms, pixelFunction, type ConvGeometry } from './conv-geometry.ts';
import { componentsFor, elementType, lines, type FlatProgram } from './kernel-program.ts';
import type { RowChunks } from './row-chunks.ts';

/** Invocations per chunk. */
export function depthwiseFilterInvocations({ filterHeight, inChannels }: ConvGeometry): number {
  return filterHeight * (inChannels / componentsFor(inChannels));
}

/** The program of the chunks. Its inputs are image and dy; its output has one filter gradient after the other. */
export function depthwiseFilterGradientProgram(geometry: ConvGeometry, chunks: RowChunks): FlatProgram {
  const { inChannels, filterWidth, filterShape } = geometry;
  const components = componentsFor(inChannels);
  return {
    key: `depthwise_conv2d_backprop_filter_direct_${filterWidth}_${components}`,
    inputs: [
      ['image', components],
      ['dy', components],
    ],
    outputComponents: components,
    uniformDeclaration: `${geometryDeclaration} chunks : vec2<i32>,`,
    uniforms: [...geometryUniforms(geometry, components, components), { type: 'int32', data: [chunks.rowsPerChunk, chunks.chunkCount] }],
    shape: [chunks.chunkCount, ...filterShape],
    invocationCount: chunks.chunkCount * depthwiseFilterInvocations(geometry),
    wgsl: () => wgslOf(filterWidth, components),
  };
}

function wgslOf(filterWidth: number, components: 1 | 4): string {
  const type = elementType(components);
  return `
${pixelFunction('image', components, 'uniforms.imageSize')}
fn main(index : i32) {
  let size = uniforms.outSize;
  let c = index % size.w;
  let kh = index / size.w % uniforms.filterSize.x;
  let chunk = index / size.w / uniforms.filterSize.x;
  if (chunk >= uniforms.chunks.y) { return; }
  ${lines(filterWidth, (kw) => `var sum${kw} = ${type}(0.0);`)}
  let end = min((chunk + 1) * uniforms.chunks.x, size.x * size.y);
  for (var line = chunk * uniforms.chunks.x; line < end; line++) {
    let batch = line / size.y;
    let row = line % size.y * uniforms.strides.x + kh - uniforms.pads.x;
    for (var x = 0; x < size.z; x++) {
      let column = x * uniforms.strides.y - uniforms.pads.y;
      let gradient = ${type}(dy[(line * size.z + x) * size.w + c]);
      ${lines(filterWidth, (kw) => `sum${kw} = fma(pixel(batch, row, column + ${kw}, c), gradient, sum${kw});`)}
    }
  }
  let first = (chunk * uniforms.filterSize.x + kh) * uniforms.filterSize.y;
  ${lines(filterWidth, (kw) => `setOutputAtIndex((first + ${kw}) * size.w + c, sum${kw});`)}
}`;
}
