// The activations that tfjs fuses into convolutions, with the formulas of its own kernels (tfjs-backend-webgpu 4.22.0, unary_op_util.ts),
// so that fusing changes no value. prelu, whose slope is a tensor, is not among them.

const formulas = {
  linear: () => 'value',
  // NaN stays NaN.
  relu: (type: string) => `select(value, ${type}(0.0), value < ${type}(0.0))`,
  relu6: (type: string) => `clamp(value, ${type}(0.0), ${type}(6.0))`,
  elu: (type: string) => `select(exp(value) - ${type}(1.0), value, value >= ${type}(0.0))`,
  sigmoid: (type: string) => `${type}(1.0) / (${type}(1.0) + exp(-value))`,
  leakyrelu: (type: string) => `select(value, uniforms.alpha * value, value < ${type}(0.0))`,
} as const;

/** One that a program can apply itself; `leakyrelu` reads its slope from `uniforms.alpha`. */
export type Activation = keyof typeof formulas;

/** The activation of that name; null where it is none of these. Absent means linear. */
export function parseActivation(name: unknown): Activation | null {
  if (name === undefined || name === null) return 'linear';
  return typeof name === 'string' && Object.hasOwn(formulas, name) ? (name as Activation) : null; // a key, as was just asked
}

/** WGSL of `fn activation(value: T) -> T` for `f32` or `vec4<f32>`. */
export function activationWgsl(activation: Activation, type: string): string {
  return `fn activation(value : ${type}) -> ${type} { return ${formulas[activation](type)}; }`;
}
