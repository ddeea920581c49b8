// What every layer of tf.layers takes: tfjs does not export the type by name.

import type { tf } from '../tf.ts';

/** `name`, `inputShape` and the like, all optional. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;
