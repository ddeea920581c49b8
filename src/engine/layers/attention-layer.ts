// Attention as a layer of tf.layers, around the op (ops/attention.ts). It has no weights: queries, keys and values are what dense layers make of
// the same or of other sequences, so that a model shows where its weights are and those products run as every dense layer's do.

import type { Shape, Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { attention } from '../ops/attention.ts';
import type { AttentionOptions } from '../ops/attention.ts';
import { tf } from '../tf.ts';
import type { LayerArgs } from './layer-args.ts';

/** Options of `layers.attention`. */
export type AttentionLayerArgs = LayerArgs & AttentionOptions;

/** (B, T, C), (B, S, C), (B, S, C) -> (B, T, C) */
export class Attention extends tf.layers.Layer {
  static readonly className = 'Attention';
  private readonly options: Required<AttentionOptions>;

  constructor({ heads = 1, causal = false, ...args }: AttentionLayerArgs = {}) {
    super(args);
    this.options = { heads, causal };
  }

  /** Throws `shape-mismatch`; the lengths of sequences are checked by the op. */
  override build(inputShape: Shape | Shape[]): void {
    const { heads } = this.options;
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[]; // a list of shapes, or one
    const channels = shapes[0]?.at(-1) ?? null;
    if (shapes.length !== 3 || shapes.some((shape) => shape.length !== 3 || shape[2] !== channels)) {
      const got = shapes.map((shape) => `[${shape.map((length) => length ?? 'any').join(', ')}]`).join(', ');
      throw mismatch(`queries, keys and values of as many channels, [batch, length, channels] each, got ${got}. Call .apply([q, k, v]).`);
    }
    if (channels !== null && channels % heads !== 0)
      throw mismatch(`a number of heads that divides ${channels} channels, got ${heads}. Change one of the two.`);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return (inputShape as Shape[])[0] as Shape; // that of the queries; `build` has seen three
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [queries, keys, values] = inputs as [Tensor, Tensor, Tensor]; // as built
    return attention(queries, keys, values, this.options);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

function mismatch(rest: string): PlaygroundError {
  return new PlaygroundError('shape-mismatch', `layers.attention: expected ${rest}`, { place: 'layers.attention' });
}
