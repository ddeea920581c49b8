// Counts the numbers of one training step on f16's number line, layer by layer: every layer's own `call` is wrapped for one pass, so that what is
// counted is what was computed, on the way forward and, through an identity with a gradient of its own, on the way back. Nothing is
// changed, and nothing is waited for before the step is over.

import { infiniteCount } from '../core/number-line.ts';
import type { LineCounts } from '../core/number-line.ts';
import type { Engine } from '../engine/engine.ts';
import { LineCounter } from '../engine/number-line/line-counter.ts';
import type { LineFactor } from '../engine/number-line/line-counter.ts';
import { withGradient } from '../engine/ops/with-gradient.ts';
import { tf } from '../engine/tf.ts';
import { countedKinds } from './number-lines.ts';
import type { CountedKind, CountedTensor, NumberLines, Overflow } from './number-lines.ts';

type Call = tf.layers.Layer['call'];

/** A tensor that was counted: places among the counts. */
interface Entry {
  readonly kind: CountedKind;
  readonly layer: string;
  readonly weight: string | null;
  readonly shape: readonly number[];
  readonly isF16: boolean;
  readonly place: number;
  readonly unscaledPlace: number | null;
}

/** What came of a look. */
export interface Looked {
  readonly lines: NumberLines;
  /** The first activation, else the first signal, with an infinity or a NaN; null for none. */
  readonly overflow: Pick<Overflow, 'kind' | 'name'> | null;
}

/** One step's. */
export class NumberLook {
  readonly step: number;
  private readonly engine: Engine;
  private readonly counter: LineCounter;
  private readonly layers: readonly tf.layers.Layer[];
  private readonly entries: Entry[] = [];
  private readonly seen = new Set<string>();
  /** One over the loss scale; null where the loss is not scaled. */
  private inverse: LineFactor | null = null;

  constructor(engine: Engine, model: tf.LayersModel, step: number) {
    this.engine = engine;
    this.counter = new LineCounter(engine);
    this.layers = leavesOf(model);
    this.step = step;
    engine.ledger?.beginAside(); // an eager step takes buffers beside those of the recorded one
  }

  /** Counts weights, then what a pass computes; of several passes, and of several calls of a layer, the first. */
  async watch<Result extends { readonly gradients: tf.NamedTensorMap }>(
    variables: readonly tf.Variable[],
    inverse: LineFactor | null,
    run: () => Promise<Result>,
  ): Promise<Result> {
    this.inverse = inverse;
    const layerOf = new Map(this.layers.flatMap((layer) => layer.trainableWeights.map((weight) => [weight.read(), layer.name] as const)));
    for (const variable of variables) this.count('weight', layerOf.get(variable) ?? '', variable.name, variable);
    const owned = this.layers.map((layer) => [layer, Object.getOwnPropertyDescriptor(layer, 'call')] as const);
    for (const layer of this.layers) layer.call = this.watched(layer);
    try {
      const result = await run();
      for (const variable of variables) {
        const gradient = result.gradients[variable.name];
        if (gradient !== undefined) this.count('gradient', layerOf.get(variable) ?? '', variable.name, gradient);
      }
      return result;
    } finally {
      for (const [layer, own] of owned) {
        if (own === undefined) Reflect.deleteProperty(layer, 'call'); // the class's own method again
        else Object.defineProperty(layer, 'call', own);
      }
    }
  }

  /** What was counted, and the loss scale that was in force. Throws the device's first error. */
  async read(lossScale: number | tf.Scalar | null): Promise<Looked> {
    const [counts, scalars] = await this.counter.read(lossScale instanceof tf.Tensor ? [lossScale] : []);
    const countsAt = (place: number): LineCounts => counts[place] ?? missing();
    const scale = lossScale instanceof tf.Tensor ? (scalars[0] ?? null) : lossScale;
    const tensors = inOrder(this.entries).map(({ place, unscaledPlace, ...about }): CountedTensor => {
      return { ...about, counts: countsAt(place), unscaled: unscaledPlace === null ? null : countsAt(unscaledPlace) };
    });
    // In the order of the pass: activations forward, then signals backward.
    const bad = (wanted: CountedKind) => this.entries.find(({ kind, place }) => kind === wanted && infiniteCount(countsAt(place)) > 0);
    const first = bad('activation') ?? bad('signal');
    const overflow = first === undefined ? null : { kind: first.kind, name: first.layer };
    return { lines: { step: this.step, lossScale: scale, tensors }, overflow };
  }

  /** The step is over, whatever became of it. */
  close(): void {
    this.engine.backend?.flush();
    this.engine.ledger?.endAside();
  }

  /** Nobody is going to read what was counted. */
  dispose(): void {
    this.counter.dispose();
  }

  private watched(layer: tf.layers.Layer): Call {
    const call = layer.call.bind(layer);
    return (inputs, options) => {
      const outputs = call(inputs, options);
      const [first, ...others] = Array.isArray(outputs) ? outputs : [outputs];
      if (first === undefined || first.dtype !== 'float32' || isOneOf(first, inputs)) return outputs;
      this.count('activation', layer.name, null, first);
      const same = withGradient([first], {
        forward: (value) => ({ value: value.clone(), saved: [] }),
        gradient: (dy) => {
          this.count('signal', layer.name, null, dy);
          return [dy.clone()];
        },
      });
      return Array.isArray(outputs) ? [same, ...others] : same;
    };
  }

  private count(kind: CountedKind, layer: string, weight: string | null, tensor: tf.Tensor): void {
    const key = `${kind} ${weight ?? layer}`;
    if (tensor.size === 0 || tensor.dtype !== 'float32' || this.seen.has(key)) return;
    this.seen.add(key);
    const inverse = kind === 'signal' || kind === 'gradient' ? this.inverse : null;
    const place = this.counter.count(tensor);
    const unscaledPlace = inverse === null ? null : this.counter.count(tensor, inverse);
    this.entries.push({ kind, layer, weight, shape: [...tensor.shape], isF16: this.engine.isF16(tensor), place, unscaledPlace });
  }
}

function missing(): never {
  throw new Error('number look: every entry has counts.');
}

/** Every layer of a model, those of models inside of it in their place. */
function leavesOf(model: tf.LayersModel): readonly tf.layers.Layer[] {
  return model.layers.flatMap((layer) => (layer instanceof tf.LayersModel ? leavesOf(layer) : [layer]));
}

/** A layer that only gives another shape computes nothing. */
function isOneOf(output: tf.Tensor, inputs: tf.Tensor | tf.Tensor[]): boolean {
  return (Array.isArray(inputs) ? inputs : [inputs]).some(({ dataId }) => dataId === output.dataId);
}

/** Layers as they were called, those that were not after them; kinds in their order. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const called = entries.flatMap(({ kind, layer }) => (kind === 'activation' ? [layer] : []));
  const layers = [...new Set([...called, ...entries.map(({ layer }) => layer)])];
  return layers.flatMap((layer) => countedKinds.flatMap((kind) => entries.filter((entry) => entry.layer === layer && entry.kind === kind)));
}
