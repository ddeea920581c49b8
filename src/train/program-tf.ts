// What programs import as '@tensorflow/tfjs': tfjs, but for functions that we have in a better version and that no kernel registry reaches.

import { dropout } from '../engine/ops/dropout.ts';
import { tf } from '../engine/tf.ts';

/** tfjs with our dropout. */
export const programTf: typeof tf = { ...tf, dropout };
