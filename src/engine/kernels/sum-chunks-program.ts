// Adds results that were summed in chunks, in the chunks' order.
//   out[i] = Σ over k of chunks[k, i]
// Buffers: chunks (K, N), out (N), float32; vec4 where N is a multiple of 4. Grid: one invocation = one element of the result.
// Oracle and error: those of the kernels that use it.

import { componentsFor, elementType, sizeOf, type FlatProgram } from './kernel-program.ts';

/** The program for so many chunks of a result of that shape. Its input is the chunks, one after the other. */
export function sumChunksProgram(chunkCount: number, shape: readonly number[]): FlatProgram {
  const components = componentsFor(sizeOf(shape));
  const elementCount = sizeOf(shape) / components;
  const type = elementType(components);
  return {
    key: `sumChunks_${components}`,
    inputs: [['chunks', components]],
    outputComponents: components,
    uniformDeclaration: 'sizes : vec2<i32>,',
    uniforms: [{ type: 'int32', data: [chunkCount, elementCount] }],
    shape,
    invocationCount: elementCount,
    wgsl: () => `
fn main(index : i32) {
  let count = uniforms.sizes.y;
  if (index >= count) { return; }
  var sum = ${type}(0.0);
  for (var chunk = 0; chunk < uniforms.sizes.x; chunk++) {
    sum += ${type}(chunks[chunk * count + index]);
  }
  setOutputAtIndex(index, sum);
}`,
  };
}
