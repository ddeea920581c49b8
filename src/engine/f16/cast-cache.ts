// f16 copies of f32 tensors, such as weights: one cast for all programs that read a tensor, until the copy is dropped with the original or at a
// scope's end. The copies of variables may outlive scopes in which no variable changes, such as the micro-steps of one step.

import type { TensorInfo } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Makes and gives back copies. */
export interface Casting {
  readonly cast: (tensor: TensorInfo) => TensorInfo;
  readonly dispose: (dataId: object) => void;
}

/** The copies of one backend. */
export class CastCache {
  private readonly casting: Casting;
  private readonly copies = new Map<object, TensorInfo>();
  private keepsVariables = false;

  constructor(casting: Casting) {
    this.casting = casting;
  }

  /** The copy of a plain f32 tensor, in its shape. It stays the cache's. */
  copyOf(tensor: TensorInfo): TensorInfo {
    let copy = this.copies.get(tensor.dataId);
    if (copy === undefined) this.copies.set(tensor.dataId, (copy = this.casting.cast(tensor)));
    return { ...copy, shape: tensor.shape };
  }

  /** The tensor has changed or is gone. */
  drop(dataId: object): void {
    const copy = this.copies.get(dataId);
    if (copy === undefined) return;
    this.copies.delete(dataId);
    this.casting.dispose(copy.dataId);
  }

  /** A scope has come to its end. */
  endScope(): void {
    const { registeredVariables } = tf.engine();
    const kept = new Set<object>(this.keepsVariables ? Object.values(registeredVariables).map(({ dataId }) => dataId) : []);
    for (const dataId of this.copies.keys()) if (!kept.has(dataId)) this.drop(dataId);
  }

  /** Runs a synchronous function, in which no variable changes, with one cast per variable for all scopes inside; it is a scope itself. */
  keepingVariables<T>(run: () => T): T {
    const outer = this.keepsVariables;
    this.keepsVariables = true;
    try {
      return run();
    } finally {
      this.keepsVariables = outer;
      this.endScope();
    }
  }
}
