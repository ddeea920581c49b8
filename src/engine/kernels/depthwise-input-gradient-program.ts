// The gradient of a depthwise convolution, one filter per channel, for its image.
//   dx[b, y, x, c] = Σ over kh, kw of dy[b, (y + pt - kh) / sh, (x + pl - kw) / sw, c] · filter[kh, kw, c], where those divide
// Buffers: dy (B, OH, OW, C), filter (KH, KW, C), out (B, H, W, C); vec4 over channels where their number is a multiple of 4.
// Grid: one invocation = one row × `columns` columns, a stride apart, × one element of channels; see conv2d-input-gradient-program.ts.
// Oracle: the CPU backend and float64 sums (ops-depthwise.test.ts, own-kernels.test.ts); error: that of a float32 sum of KH·KW products.

import { geometryDeclaration, geometryUniforms, pixelFunction, type ConvGeometry } from './conv-geometry.ts';
import { componentsFor, elementType, lines, type FlatProgram } from './kernel-program.ts';

const columns = 4;

/** The program. Its inputs are dy and filter. */
export function depthwiseInputGradientProgram(geometry: ConvGeometry): FlatProgram {
  const { batchSize, inHeight, inWidth, inChannels, strideWidth } = geometry;
  const components = componentsFor(inChannels);
  const strips = Math.ceil(Math.ceil(inWidth / strideWidth) / columns) * strideWidth;
  return {
    key: `depthwise_conv2d_backprop_input_direct_${components}`,
    inputs: [
      ['dy', components],
      ['weights', components],
    ],
    outputComponents: components,
    uniformDeclaration: geometryDeclaration,
    uniforms: geometryUniforms(geometry, components, components),
    shape: geometry.inShape,
    invocationCount: batchSize * inHeight * strips * (inChannels / components),
    wgsl: () => wgslOf(components),
  };
}

function wgslOf(components: 1 | 4): string {
  const type = elementType(components);
  return `
${pixelFunction('dy', components, 'uniforms.outSize')}
fn main(index : i32) {
  let size = uniforms.imageSize;
  let strides = uniforms.strides;
  let strips = ((size.z + strides.y - 1) / strides.y + ${columns - 1}) / ${columns};
  let c = index % size.w;
  var place = index / size.w;
  let phase = place % strides.y;
  place = place / strides.y;
  let strip = place % strips * ${columns};
  place = place / strips;
  let y = place % size.y;
  let batch = place / size.y;
  if (batch >= size.x) { return; }
  ${lines(columns, (step) => `var sum${step} = ${type}(0.0);`)}
  for (var kh = (y + uniforms.pads.x) % strides.x; kh < uniforms.filterSize.x; kh += strides.x) {
    let row = (y + uniforms.pads.x - kh) / strides.x;
    for (var kw = (phase + uniforms.pads.y) % strides.y; kw < uniforms.filterSize.y; kw += strides.y) {
      let column = strip + (phase + uniforms.pads.y - kw) / strides.y;
      let weight = ${type}(weights[(kh * uniforms.filterSize.y + kw) * size.w + c]);
      ${lines(columns, (step) => `sum${step} = fma(pixel(batch, row, column + ${step}, c), weight, sum${step});`)}
    }
  }
  let start = (batch * size.y + y) * size.z;
  ${lines(
    columns,
    (step) => `{
    let x = (strip + ${step}) * strides.y + phase;
    if (x < size.z) { setOutputAtIndex((start + x) * size.w + c, sum${step}); }
  }`,
  )}
}`;
}
