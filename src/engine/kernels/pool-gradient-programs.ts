// The gradients of pooling for the image, four channels at a time, with the rules of tfjs's own programs.
// Buffers: image and out (B, H, W, C), dy (B, OH, OW, C), vec4 over channels. Oracle: the CPU backend (ops-spatial.test.ts).

import { sizeOf } from '../../core/size-of.ts';
import { geometryDeclaration, geometryUniforms, type ConvGeometry } from './conv-geometry.ts';
import { type FlatProgram } from './kernel-program.ts';

/** Whether no pixel belongs to two windows. */
export function areWindowsApart({ filterHeight, filterWidth, strideHeight, strideWidth }: ConvGeometry): boolean {
  return filterHeight <= strideHeight && filterWidth <= strideWidth;
}

/**
 * For windows that lie apart: dx = dy at the window's maximum, the last of equal ones as in tfjs, and 0 elsewhere. One invocation = one
 * stride of rows × one of columns: it finds the maximum and writes all of its pixels, where tfjs first stores the positions of the maxima.
 * Its inputs are dy and image. Exact.
 */
export function maxPoolGradientProgram(geometry: ConvGeometry): FlatProgram {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = geometry;
  const blockCount = Math.ceil((inHeight + padInfo.top) / strideHeight) * Math.ceil((inWidth + padInfo.left) / strideWidth);
  return {
    key: 'maxPool2DBackpropVec4',
    inputs: [
      ['dy', 4],
      ['image', 4],
    ],
    outputComponents: 4,
    uniformDeclaration: geometryDeclaration,
    uniforms: geometryUniforms(geometry, 4, 4),
    shape: geometry.inShape,
    invocationCount: batchSize * blockCount * (inChannels / 4),
    wgsl: () => `
fn isInside(place : vec2<i32>) -> bool {
  return all(place >= vec2<i32>(0)) && all(place < uniforms.imageSize.yz);
}
fn addressOf(batch : i32, place : vec2<i32>, c : i32) -> i32 {
  return ((batch * uniforms.imageSize.y + place.x) * uniforms.imageSize.z + place.y) * uniforms.imageSize.w + c;
}
fn main(index : i32) {
  let size = uniforms.imageSize;
  let filterSize = uniforms.filterSize;
  let blocks = (size.yz + uniforms.pads + uniforms.strides - vec2<i32>(1)) / uniforms.strides;
  let c = index % size.w;
  let x = index / size.w % blocks.y;
  let y = index / size.w / blocks.y % blocks.x;
  let batch = index / size.w / blocks.y / blocks.x;
  if (batch >= size.x) { return; }
  let corner = vec2<i32>(y, x) * uniforms.strides - uniforms.pads;
  var largest = vec4<f32>(0.0);
  var winner = vec4<i32>(-1);
  for (var tap = 0; tap < filterSize.x * filterSize.y; tap++) {
    let place = corner + vec2<i32>(tap / filterSize.y, tap % filterSize.y);
    if (!isInside(place)) { continue; }
    let value = vec4<f32>(image[addressOf(batch, place, c)]);
    let isLarger = (value >= largest) | (winner < vec4<i32>(0));
    largest = select(largest, value, isLarger);
    winner = select(winner, vec4<i32>(tap), isLarger);
  }
  let isWindow = y < uniforms.outSize.y && x < uniforms.outSize.z;
  let window = (batch * uniforms.outSize.y + min(y, uniforms.outSize.y - 1)) * uniforms.outSize.z + min(x, uniforms.outSize.z - 1);
  let gradient = vec4<f32>(dy[window * size.w + c]);
  for (var row = 0; row < uniforms.strides.x; row++) {
    for (var column = 0; column < uniforms.strides.y; column++) {
      let place = corner + vec2<i32>(row, column);
      if (!isInside(place)) { continue; }
      let tap = select(-2, row * filterSize.y + column, isWindow && row < filterSize.x && column < filterSize.y);
      setOutputAtIndex(addressOf(batch, place, c), select(vec4<f32>(0.0), gradient, winner == vec4<i32>(tap)));
    }
  }
}`,
  };
}

/**
 * dx = Σ over the windows that a pixel belongs to of dy / (KH·KW), where the window is cut off by the image's edge too, as in tfjs. One
 * invocation = one vec4 of the image. Its input is dy. Error: that of a float32 sum.
 */
export function averagePoolGradientProgram(geometry: ConvGeometry): FlatProgram {
  return {
    key: 'avgPool2DBackpropVec4',
    inputs: [['dy', 4]],
    outputComponents: 4,
    uniformDeclaration: geometryDeclaration,
    uniforms: geometryUniforms(geometry, 4, 4),
    shape: geometry.inShape,
    invocationCount: sizeOf(geometry.inShape) / 4,
    wgsl: () => `
fn main(index : i32) {
  let size = uniforms.imageSize;
  let strides = uniforms.strides;
  let c = index % size.w;
  let x = index / size.w % size.z + uniforms.pads.y;
  let y = index / size.w / size.z % size.y + uniforms.pads.x;
  let batch = index / size.w / size.z / size.y;
  if (batch >= size.x) { return; }
  var sum = vec4<f32>(0.0);
  for (var kh = y % strides.x; kh < uniforms.filterSize.x; kh += strides.x) {
    let row = (y - kh) / strides.x;
    if (y < kh || row >= uniforms.outSize.y) { continue; }
    for (var kw = x % strides.y; kw < uniforms.filterSize.y; kw += strides.y) {
      let column = (x - kw) / strides.y;
      if (x < kw || column >= uniforms.outSize.z) { continue; }
      sum += vec4<f32>(dy[((batch * uniforms.outSize.y + row) * uniforms.outSize.z + column) * size.w + c]);
    }
  }
  setOutputAtIndex(index, sum / f32(uniforms.filterSize.x * uniforms.filterSize.y));
}`,
  };
}
