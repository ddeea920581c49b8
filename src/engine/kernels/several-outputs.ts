// Runs a kernel of ours that writes several tensors, which tfjs's own route cannot. Inputs and outputs may live in f16, outputs where the policy
// says so by the kernel's key, and go through the same rewriter as tfjs's programs.

import type { Tensor } from '@tensorflow/tfjs';
import type { UniformField } from '../backend/internals.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { flatEntryPoint } from '../backend/raw-kernel.ts';
import { rewriteForF16 } from '../f16/rewrite-wgsl.ts';
import { tf } from '../tf.ts';

/** A kernel with named inputs and outputs, all of vec4<f32>. */
export interface SeveralOutputs {
  /** Names the WGSL text: whatever is written into it as a constant is part of the key. */
  readonly key: string;
  readonly inputs: readonly string[];
  /** Shapes by name; their sizes are multiples of four. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** Names of outputs that are f32 whatever the policy says: sums that other kernels go on with. */
  readonly exact?: readonly string[];
  /** Fields of `uniforms`, all i32. */
  readonly uniforms: Readonly<Record<string, number>>;
  readonly functions?: string;
  /** Sees `i`, a u32 that may be larger than asked for. */
  readonly body: string;
  readonly invocationCount: number;
}

/** The outputs in their order. The caller disposes them; what is read stays the caller's. */
export function runSeveral(backend: LockstepBackend, kernel: SeveralOutputs, inputs: readonly Tensor[]): Tensor[] {
  // An integer buffer behind a float tensor is widened first; an f16 one is read as it is.
  const read = inputs.map((input) => (backend.isF16(input) ? null : backend.toF32(input)));
  const f16Names = kernel.inputs.filter((_, index) => read[index] === null);
  const outputs = Object.entries(kernel.outputs).map(([name, shape]) =>
    kernel.exact?.includes(name) === true ? backend.makeTensorInfo([...shape], 'float32') : backend.makeOutput(kernel.key, shape, inputs),
  );
  const f16Outputs = Object.keys(kernel.outputs).filter((_, index) => outputs[index] !== undefined && backend.isF16(outputs[index]));
  const source = wgslOf(kernel);
  const form = backend.f16Form;
  const isPlain = f16Names.length === 0 && f16Outputs.length === 0;
  const uniforms = Object.values(kernel.uniforms).map((value): UniformField => ({ type: 'int32', data: [value] }));
  backend.dispatch({
    key: `${kernel.key}|f16:${f16Names.join(',')}:${f16Outputs.join(',')}:${form.vectors}:${form.rounding}`,
    wgsl: isPlain ? source : rewriteForF16(source, { inputs: f16Names, outputs: f16Outputs }, form),
    tensors: [...inputs.map((input, index) => (read[index] ?? input).dataId), ...outputs.map(({ dataId }) => dataId)],
    uniforms,
    invocationCount: kernel.invocationCount,
  });
  for (const info of read) if (info !== null) backend.disposeData(info.dataId);
  return Object.keys(kernel.outputs).flatMap((name, index) => {
    const info = outputs[index];
    if (info === undefined) return [];
    const result = kernel.exact?.includes(name) === true ? info : backend.settled(kernel.key, info);
    return [tf.engine().makeTensorFromTensorInfo(result, backend)];
  });
}

function wgslOf({ inputs, outputs, uniforms, functions = '', body }: SeveralOutputs): string {
  const bindings = [
    ...inputs.map((name) => `var<storage, read> ${name}: array<vec4<f32>>;`),
    ...Object.keys(outputs).map((name) => `var<storage, read_write> ${name}: array<vec4<f32>>;`),
    'var<uniform> uniforms: Uniforms;',
  ];
  const fields = Object.keys(uniforms).map((name) => `${name}: i32`);
  return `struct Uniforms { ${fields.join(', ')} };
${bindings.map((binding, index) => `@group(0) @binding(${index}) ${binding}`).join('\n')}
${functions}
${flatEntryPoint(body)}`;
}
