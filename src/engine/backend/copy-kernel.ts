// A copy of a tensor's words. A kernel rather than `copyBufferToBuffer`, which would end the compute pass; on words rather than floats, so that
// denormals and NaNs arrive as they are.
//
// Kernel: `values`, `copies` (32-bit words, size elements). Grid: one invocation per four elements. Oracle: the values themselves. Exact.

import { flatEntryPoint } from './raw-kernel.ts';

export const copyWgsl = `struct Uniforms { size: u32 };
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> copies: array<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;
${flatEntryPoint('for (var at = i * 4u; at < min(i * 4u + 4u, uniforms.size); at++) { copies[at] = values[at]; }')}`;
