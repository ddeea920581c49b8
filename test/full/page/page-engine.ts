// The one engine of the page for checks that do not ask for a certain way of storing f16.

import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';

let started: Promise<Engine> | null = null;

/** WebGPU with the adapter's own f16; started once. */
export function pageEngine(): Promise<Engine> {
  return (started ??= startEngine({ backend: 'webgpu' }));
}
