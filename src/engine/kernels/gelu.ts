// GELU and its gradient on WebGPU, one dispatch each (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016):
//   exact  y = x · Φ(x)                                       dx = dy · (Φ(x) + x · φ(x))
//   tanh   y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))   dx by the chain rule, with the same tanh
// Φ comes from erf by Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7), as tfjs computes tf.erf. Buffers: `x`, `dy` (n), `result` (n), f32
// or f16; one invocation per vec4, or per value where n is no multiple of four. Oracles: PyTorch (test/reference/transformer.json) for the
// composite of ops/gelu.ts, and the composite on the CPU for this, within 2e-4 of the largest value, as for every op case.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { GeluForm } from '../ops/gelu.ts';
import { int32, runProgram } from './gpu-program.ts';
import { componentsFor, elementType } from './kernel-program.ts';

/** `y` of the shape of `x`. */
export function geluKernel(backend: LockstepBackend, x: Tensor, form: GeluForm): Tensor {
  return run(
    backend,
    `gelu_${form}`,
    [x],
    { x: '' },
    `return x * ${form === 'exact' ? 'normalBelow(x)' : '(0.5 + 0.5 * boundedTanh(inner(x)))'};`,
  );
}

/** `dx` of the shape of `x`. */
export function geluGradientKernel(backend: LockstepBackend, x: Tensor, dy: Tensor, form: GeluForm): Tensor {
  return run(backend, `geluGradient_${form}`, [x, dy], { x: '', dy: '' }, `return dy * ${form === 'exact' ? exactSlope : 'tanhSlope(x)'};`);
}

const exactSlope = '(normalBelow(x) + x * 0.3989422804014327 * exp(-0.5 * x * x))';

function run(backend: LockstepBackend, key: string, inputs: readonly Tensor[], names: Readonly<Record<string, ''>>, body: string): Tensor {
  const shape = inputs[0]?.shape ?? [];
  const size = inputs[0]?.size ?? 0;
  const components = componentsFor(size);
  const type = elementType(components);
  const inputNames = Object.keys(names);
  return runProgram(
    backend,
    {
      key: `${key}_${components}`,
      inputs: Object.fromEntries(inputNames.map((name) => [name, components])),
      outputComponents: components,
      uniforms: { count: int32(size / components) },
      wgsl: `${functions(type)}
fn compute(${inputNames.map((name) => `${name} : ${type}`).join(', ')}) -> ${type} { ${body} }
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  result[index] = compute(${inputNames.map((name) => `${type}(${name}[index])`).join(', ')});
}`,
      invocationCount: size / components,
    },
    inputs,
    shape,
  );
}

/** exp overflows WGSL's tanh on some drivers; beyond ±10 a tanh is ±1 in f32 anyway. */
const functions = (type: string): string => `
fn boundedTanh(x : ${type}) -> ${type} { return tanh(clamp(x, ${type}(-10.0), ${type}(10.0))); }
fn inner(x : ${type}) -> ${type} { return 0.7978845608028654 * (x + 0.044715 * x * x * x); }
fn tanhSlope(x : ${type}) -> ${type} {
  let t = boundedTanh(inner(x));
  return 0.5 + 0.5 * t + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x);
}
fn normalBelow(x : ${type}) -> ${type} {
  let z = abs(x) * 0.7071067811865476;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let tail = 0.5 * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * exp(-z * z);
  return select(1.0 - tail, tail, x < ${type}(0.0));
}`;
