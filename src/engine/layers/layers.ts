// The layers a transformer needs that tf.layers lacks; its own layerNormalization, its dense with `activation: 'gelu'`, embedding and dropout are the
// rest, and all of them have kernels of ours on WebGPU. Layers of these classes compute from their inputs and weights alone, so that a
// step with them can be recorded and replayed, unlike one with a class of the program's own (train/own-code.ts).

import { tf } from '../tf.ts';
import { Attention } from './attention-layer.ts';
import type { AttentionLayerArgs } from './attention-layer.ts';
import type { LayerArgs } from './layer-args.ts';
import { PositionEmbedding } from './position-embedding-layer.ts';

/** Their classes, which tf.models.modelFromJSON knows by name as it knows its own. */
export const layerClasses = [Attention, PositionEmbedding] as const;
for (const layerClass of layerClasses) tf.serialization.registerClass<tf.layers.Layer>(layerClass);

/** Layers for `tf.sequential` and `tf.model`, beside those of `tf.layers`. */
export const layers = {
  /**
   * Scaled dot-product attention, `lockstep.attention` as a layer without weights, applied to [queries, keys, values]: (B, T, C), (B, S, C),
   * (B, S, C) -> (B, T, C). `heads`, 1 where absent, must divide C. With `causal`, S = T and a position sees none after it. Throws
   * `shape-mismatch`.
   */
  attention: (args?: AttentionLayerArgs): tf.layers.Layer => new Attention(args),
  /** Adds a learned vector to each position: (B, T, C) -> (B, T, C), with T · C weights. Throws `shape-mismatch` where T is not known. */
  positionEmbedding: (args?: LayerArgs): tf.layers.Layer => new PositionEmbedding(args),
} as const;
