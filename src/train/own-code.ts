// Whether a model or a loss runs code of the program's own in every step. Such code may count, or look at a clock; tfjs's does not, nor does ours,
// nor does what the program vouches for (pure.ts).

import { layerClasses } from '../engine/layers/layers.ts';
import { tf } from '../engine/tf.ts';
import type { LossFunction, LossName } from './loss.ts';
import { isPure } from './pure.ts';

/** Our classes, and those that tfjs has registered before any program could. */
const knownClasses = new Set<unknown>([
  ...layerClasses,
  ...Object.values(tf.serialization.SerializationMap.getMap().classNameMap).map(([registered]) => registered),
]);

/**
 * True where the loss is a function, or a layer, or one inside of another, is of a class that is neither tfjs's nor ours, and the program has not
 * said that it is pure.
 */
export function hasOwnCode(loss: LossName | LossFunction, model: tf.LayersModel): boolean {
  return (typeof loss === 'function' && !isPure(loss)) || model.layers.some(isOwn);
}

function isOwn(layer: unknown): boolean {
  if (layer instanceof tf.LayersModel) return layer.layers.some(isOwn);
  if (!(layer instanceof tf.layers.Layer)) return false;
  if (!knownClasses.has(layer.constructor) && !isPure(layer.constructor)) return true;
  // Fields of wrappers (TimeDistributed, Bidirectional), and of recurrent layers with their cells.
  const { layer: wrapped, cell, cells, forwardLayer } = layer as unknown as Readonly<Record<string, unknown>>;
  return [wrapped, cell, forwardLayer, ...(Array.isArray(cells) ? (cells as readonly unknown[]) : [])].some(isOwn);
}
