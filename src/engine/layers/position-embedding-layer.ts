// Learned positions, as GPT-2 has them (Radford et al. 2019): attention itself does not know what comes first.

import type { LayerVariable, Shape, Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { LayerArgs } from './layer-args.ts';

/** Adds a learned vector to each position, the same in every sequence: (B, T, C) + (T, C) -> (B, T, C). */
export class PositionEmbedding extends tf.layers.Layer {
  static readonly className = 'PositionEmbedding';
  private vectors: LayerVariable | null = null;

  constructor(args: LayerArgs = {}) {
    super(args);
  }

  /** Throws `shape-mismatch`. */
  override build(inputShape: Shape | Shape[]): void {
    const lengths = inputShape.slice(1) as Shape; // of one input; what else there may be is refused
    if (lengths.length !== 2 || lengths.some((length) => typeof length !== 'number')) {
      throw new PlaygroundError(
        'shape-mismatch',
        `layers.positionEmbedding: expected sequences of one length, [batch, length, channels], got [${inputShape.map((length) => length ?? 'any').join(', ')}]. Give tf.input a shape with numbers.`,
        { place: 'layers.positionEmbedding' },
      );
    }
    this.vectors = this.addWeight('vectors', lengths, 'float32', tf.initializers.randomUniform({ minval: -0.05, maxval: 0.05 })); // as tf.layers.embedding
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [x] = [inputs].flat();
    if (x === undefined || this.vectors === null) throw new Error('layers.positionEmbedding: expected an input after build, got none.');
    return tf.add(x, this.vectors.read());
  }
}
