// What a device and tfjs hold while a lane trains.

import type { Engine } from '../../../src/engine/engine.ts';
import { tf } from '../../../src/engine/tf.ts';
import { trainLane } from '../../support/train-in-node.ts';
import { models, optimizers } from './models.ts';
import { pageEngine } from './page-engine.ts';

/** Counted by tfjs and by the ledger of the device. */
export interface Holdings {
  readonly tensors: number;
  /** Bytes that tensors hold. */
  readonly liveBytes: number;
  /** Bytes of all buffers, the pool of free ones included. */
  readonly heldBytes: number;
}

/** After every step of a lane with Adam, seen by rank 0; other ranks of the same page may be in the middle of one. */
export async function holdingsOverSteps({
  model,
  lane,
  steps,
}: {
  readonly model: string;
  readonly lane: string;
  readonly steps: number;
}): Promise<{ readonly execution: string; readonly holdings: readonly Holdings[] }> {
  const engine = await pageEngine();
  const holdings: Holdings[] = [];
  const spec = { ...specOf(model), steps, evalEvery: 100 };
  const { execution } = await trainLane(spec, lane, { engine, afterStep: () => void holdings.push(holdingsOf(engine)) });
  return { execution, holdings };
}

function specOf(name: string) {
  const [model, { adam }] = [models[name], optimizers];
  if (model === undefined || adam === undefined) throw new Error(`holdings: expected a model, got ${name}.`);
  return { ...model, optimizer: adam };
}

function holdingsOf({ backend, ledger }: Engine): Holdings {
  if (backend === null || ledger === null) throw new Error('holdings: expected WebGPU, got an engine without.');
  backend.flush(); // recorded commands hold on to what they use
  return { tensors: tf.memory().numTensors, liveBytes: ledger.liveBytes, heldBytes: ledger.heldBytes };
}
