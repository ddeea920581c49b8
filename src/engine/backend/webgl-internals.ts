// The members of tfjs's MathBackendWebGL (4.22.0, exact version pin) that we use; `@tensorflow/tfjs` registers that backend but exports no
// type for it. As in internals.ts they are written down once, cast once and checked at start-up.

import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';

/** A fragment program as tfjs compiles it: `userCode` reads inputs by name and calls `setOutput`. */
export interface WebGlProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
  /** Four values per texel, a 2×2 block of the two innermost dimensions, on both sides. */
  readonly packedInputs: boolean;
  readonly packedOutput: boolean;
}

export interface WebGlBackend {
  readonly texData: { has(dataId: object): boolean; get(dataId: object): { readonly isPacked?: boolean } | undefined };
  readonly gpgpu: { readonly gl: WebGL2RenderingContext; createAndWaitForFence(): Promise<void> };
  runWebGLProgram(program: WebGlProgram, inputs: readonly TensorInfo[], outputDtype: DataType): TensorInfo;
  disposeIntermediateTensorInfo(info: TensorInfo): void;
}

/** The started WebGL backend. Throws `internal`, naming the first member that this tfjs version lacks. */
export function webGlBackend(): WebGlBackend {
  const backend = (tf.findBackend('webgl') ?? {}) as unknown as Readonly<Record<string, unknown>>;
  const { gpgpu } = backend;
  const missing =
    ['runWebGLProgram', 'disposeIntermediateTensorInfo'].find((name) => typeof backend[name] !== 'function') ??
    ['texData', 'gpgpu'].find((name) => typeof backend[name] !== 'object') ??
    ['gl', 'createAndWaitForFence'].find((name) => !(name in (gpgpu as object)));
  if (missing !== undefined) {
    throw new PlaygroundError(
      'internal',
      `WebGL backend: expected a member named ${missing}, got none. Use tfjs 4.22.0, which this engine is written for.`,
      { missing },
    );
  }
  return backend as unknown as WebGlBackend; // the typings are not exported; the members were looked for above
}
