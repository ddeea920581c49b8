// The datasets a program gets as `datasets` from 'lockstep'.

import { alice } from './alice.ts';
import { iris } from './iris.ts';
import { mnist } from './mnist.ts';
import { spiral } from './spiral.ts';

/** Built-in datasets; each resolves to `{ train, test }` of `{ x, y }` tensors, `alice` with its characters besides. */
export const datasets = { mnist, iris, spiral, alice } as const;
