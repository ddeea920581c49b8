// What a rank trains on: batches by the numbers of their rows. The data lie on the device where nobody but tfjs and this engine reads them
// and there is room (device-split.ts), else on the host (host-split.ts).

import type { DatasetSplit } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import type { tf } from '../engine/tf.ts';
import { DeviceSplit, fitsDevice } from './device-split.ts';
import { HostSplit } from './host-split.ts';
import type { MicroStep } from './micro-step.ts';

/** The samples of a micro-step, without their weight. */
export type Batch = Omit<MicroStep, 'weight'>;

/** One split, to train on. */
export interface TrainingSplit {
  readonly rowCount: number;
  /** Tensors that it holds from step to step. */
  readonly resident: readonly tf.Tensor[];
  /** These rows, as the samples of the micro-step at this place of a rank's share. Of one place and length there is one batch at a time. */
  batch(rows: Uint32Array, place: number): Batch;
  /** Disposes of the inputs of batches. `isForgotten`: nobody has kept their values. */
  release(inputs: readonly tf.Tensor[], isForgotten: boolean): void;
}

/** Takes a split's values over and disposes of the tensors. `hasOwnCode`: the program's own code sees the batches, and may keep them or read them. */
export async function takeSplit(split: DatasetSplit, { backend }: Engine, hasOwnCode: boolean): Promise<TrainingSplit> {
  return backend !== null && !hasOwnCode && fitsDevice(split) ? new DeviceSplit(backend, split) : HostSplit.take(split);
}
