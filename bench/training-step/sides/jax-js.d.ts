// The part of @jax-js/jax 0.1.25 that the benchmark uses. It is installed on first use (bench/peers.ts), and the type check must hold without it.

declare module '@jax-js/jax' {
  /** An array with owners: every function takes its arguments over, `ref` is one owner more. */
  export interface Array {
    readonly ref: Array;
    readonly shape: number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    sum(): Array;
    reshape(shape: readonly number[]): Array;
    transpose(axes?: readonly number[]): Array;
    slice(...index: readonly (number | readonly [] | readonly [number, number])[]): Array;
    data(): Promise<ArrayLike<number>>;
    dispose(): void;
  }
  export const numpy: {
    array(values: readonly number[] | Float32Array | Int32Array): Array;
    zeros(shape: readonly number[]): Array;
    dot(a: Array, b: Array): Array;
    matmul(a: Array, b: Array): Array;
    sqrt(x: Array): Array;
    square(x: Array): Array;
    tanh(x: Array): Array;
    subtract(a: Array | number, b: Array | number): Array;
    max(x: Array): Array;
    split(x: Array, parts: number, axis: number): Array[];
  };
  export const nn: {
    relu(x: Array): Array;
    sigmoid(x: Array): Array;
    silu(x: Array): Array;
    logSoftmax(x: Array): Array;
    oneHot(x: Array, classes: number): Array;
    standardize(x: Array): Array;
    dotProductAttention(q: Array, k: Array, v: Array, options: { readonly isCausal: boolean }): Array;
  };
  export const lax: {
    convGeneralDilated(x: Array, kernel: Array, strides: readonly number[], padding: 'SAME' | 'VALID'): Array;
    reduceWindow(x: Array, reduce: (x: Array) => Array, window: readonly number[], strides: readonly number[]): Array;
  };
  export const tree: { ref<T>(tree: T): T; dispose(tree: unknown): void };
  export function init(device: 'webgpu'): Promise<string[]>;
  export function defaultDevice(device: 'webgpu'): string;
  export function blockUntilReady<T>(tree: T): Promise<T>;
  export function jit<F extends (...args: never[]) => unknown>(f: F): F;
  export function valueAndGrad<Params, Rest extends unknown[]>(
    f: (params: Params, ...rest: Rest) => Array,
  ): (params: Params, ...rest: Rest) => [Array, Params];
}
