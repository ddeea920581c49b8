// What is tuned of native f16: by which type vectors of it are read and written (f16/halves-wgsl.ts), over a product and a sum of what a small
// network's layer has. Every kernel of an fp16 lane does as the answer says. Packed f16 has no choice.

import type { Tensor2D } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { autocastPolicy } from '../f16/residency-policy.ts';
import { tf } from '../tf.ts';
import type { TuneCase } from './autotune.ts';

/** The case, where there is a choice. */
export function f16TuneCases(backend: LockstepBackend): readonly TuneCase[] {
  return backend.f16Form.storage === 'packed' ? [] : [caseOn(backend)];
}

function caseOn(backend: LockstepBackend): TuneCase {
  return {
    kernel: 'f16Vectors',
    shapeClass: 'all',
    names: ['words', 'f16'],
    prepare() {
      const [x, weights, y] = [filled(128, 256), filled(256, 128), filled(128, 128)];
      const run = (): void => {
        const sum = backend.withPolicy(autocastPolicy, () => tf.tidy(() => tf.add(tf.matMul(x, weights), y)));
        sum.dispose();
      };
      return { run, dispose: () => tf.dispose([x, weights, y]) };
    },
  };

  /** What is in it does not change how long it takes. */
  function filled(rows: number, columns: number): Tensor2D {
    const values = tf.zeros([rows, columns]);
    const stored = tf.engine().makeTensorFromTensorInfo(backend.toF16(values), backend) as Tensor2D; // of that shape
    values.dispose();
    return stored;
  }
}
