// Ops that neither tfjs nor we can differentiate: they say so by name. tfjs's own words are "Cannot compute gradient: gradient function not
// found for TopK.". docs/gradients.md has the list, and a test holds it to this.

import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';

/** Registers a gradient that throws `not-supported` for every kernel of the CPU backend that has none; returns their names, sorted. */
export function registerMissingGradients(): readonly string[] {
  const names = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  const missing = [...new Set(names)].filter((name) => (tf.getGradient(name) as object | undefined) === undefined).sort(); // whatever its type says
  for (const kernelName of missing) {
    tf.registerGradient({
      kernelName,
      gradFunc: () => {
        throw new PlaygroundError(
          'not-supported',
          `gradient of ${kernelName}: expected an op that can be differentiated, got one that has no gradient here. Compute it outside of the function that is differentiated, or from other ops.`,
          { op: kernelName },
        );
      },
    });
  }
  return missing;
}
