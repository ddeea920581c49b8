// Dropout on WebGPU: y = x · keep / (1 − rate), keep being 0 with probability `rate`, drawn by Philox 4x32-10 (Salmon, Moraes, Dror and Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", 2011; the generator of torch and JAX on GPUs). It is a function of a counter and a key and
// has no state: invocation n draws the bits of values 4n to 4n + 3, in any order, and the gradient draws the same mask again instead of
// keeping it. Integers only, so that every adapter draws the same bits. Buffers: x (n) f32 or f16, key (2) i32; rate and scale are uniforms.
// Oracle: the authors' known answers and a generator in BigInt (test/browser/engine/transformer-kernels.test.ts). Exact.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { float32, int32, runProgram, uint32 } from './gpu-program.ts';
import { componentsFor } from './kernel-program.ts';

/** `x` with about the share `rate` (0 to 1, neither) of its values dropped, the others scaled up; which, is decided by `key` (2) int32. */
export function dropoutKernel(backend: LockstepBackend, x: Tensor, key: Tensor, rate: number): Tensor {
  const components = componentsFor(x.size);
  const invocationCount = Math.ceil(x.size / 4);
  return runProgram(
    backend,
    {
      key: `dropout_${components}`,
      inputs: { x: components, key: 1 },
      outputComponents: components,
      uniforms: {
        count: int32(invocationCount),
        size: int32(x.size),
        dropped: uint32(Math.round(rate * 2 ** 32) - 1),
        scale: float32(1 / (1 - rate)),
      },
      wgsl: `${philox}
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  let bits = philox(vec4<u32>(u32(index), 0u, 0u, 0u), vec2<u32>(bitcast<u32>(key[0]), bitcast<u32>(key[1])));
  let factors = select(vec4<f32>(0.0), vec4<f32>(uniforms.scale), bits > vec4<u32>(uniforms.dropped));
  ${components === 4 ? 'result[index] = vec4<f32>(x[index]) * factors;' : scalarStores}
}`,
      invocationCount,
    },
    [x, key],
    x.shape,
  );
}

const scalarStores = `for (var c = 0; c < 4; c++) {
    let at = index * 4 + c;
    if (at < uniforms.size) { result[at] = f32(x[at]) * factors[c]; }
  }`;

/** Ten rounds; WGSL has no 64-bit product, so that its upper half is put together from 16-bit ones. */
const philox = `fn upperHalf(a : u32, b : u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}
fn philox(counter : vec4<u32>, firstKey : vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = firstKey;
  for (var round = 0; round < 10; round++) {
    c = vec4<u32>(
      upperHalf(0xCD9E8D57u, c.z) ^ c.y ^ k.x, 0xCD9E8D57u * c.z,
      upperHalf(0xD2511F53u, c.x) ^ c.w ^ k.y, 0xD2511F53u * c.x);
    k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}`;
