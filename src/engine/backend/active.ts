// Which backend an op runs on. Ops of ours have a kernel on our WebGPU backend and are written in tfjs's ops everywhere else.

import { tf } from '../tf.ts';
import { LockstepBackend } from './lockstep-backend.ts';

/** Our WebGPU backend where it is the active one, else null. */
export function activeWebGpu(): LockstepBackend | null {
  const backend = tf.backend();
  return backend instanceof LockstepBackend ? backend : null;
}
