// Maximum and average over windows of an image, four channels at a time; tfjs's programs take one.
//   out[b, y, x, c] = max or mean over the window's pixels inside the image of image[b, y·sh + kh - pt, x·sw + kw - pl, c]
// Buffers: image (B, H, W, C), out (B, OH, OW, C), vec4 over channels. Grid: one invocation = one vec4 of the output.
// Oracle: the CPU backend (ops-spatial.test.ts); a maximum is exact, a mean has the error of a float32 sum of KH·KW values.

import { sizeOf } from '../../core/size-of.ts';
import { geometryDeclaration, geometryUniforms, type ConvGeometry } from './conv-geometry.ts';
import { type FlatProgram } from './kernel-program.ts';

/** The program, for channels in fours. Its input is the image. */
export function poolProgram(geometry: ConvGeometry, kind: 'max' | 'avg'): FlatProgram {
  const [start, update, result] =
    kind === 'max'
      ? ['-0x1.fffffep+127f', 'max(value, pooled)', 'pooled'] // from the lowest float on
      : ['0.0', 'pooled + value', 'pooled / max(count, 1.0)'];
  return {
    key: `pool2DVec4_${kind}`,
    inputs: [['image', 4]],
    outputComponents: 4,
    uniformDeclaration: geometryDeclaration,
    uniforms: geometryUniforms(geometry, 4, 4),
    shape: geometry.outShape,
    invocationCount: sizeOf(geometry.outShape) / 4,
    wgsl: () => `
fn main(index : i32) {
  let size = uniforms.outSize;
  let imageSize = uniforms.imageSize;
  let c = index % size.w;
  let x = index / size.w % size.z;
  let y = index / size.w / size.z % size.y;
  let batch = index / size.w / size.z / size.y;
  if (batch >= size.x) { return; }
  let corner = vec2<i32>(y, x) * uniforms.strides - uniforms.pads;
  var pooled = vec4<f32>(${start});
  var count = 0.0;
  for (var row = max(corner.x, 0); row < min(corner.x + uniforms.filterSize.x, imageSize.y); row++) {
    for (var column = max(corner.y, 0); column < min(corner.y + uniforms.filterSize.y, imageSize.z); column++) {
      let value = vec4<f32>(image[((batch * imageSize.y + row) * imageSize.z + column) * imageSize.w + c]);
      pooled = ${update};
      count += 1.0;
    }
  }
  setOutputAtIndex(index, ${result});
}`,
  };
}
