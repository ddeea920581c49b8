// The engine that reference cases compute on: tfjs's CPU backend, which Node has everywhere. One for all cases.

import type { Engine } from '../../engine/engine.ts';
import { startEngine } from '../../engine/start.ts';

let engine: Promise<Engine> | null = null;

/** The engine, started at the first call. */
export function cpuEngine(): Promise<Engine> {
  engine ??= startEngine({ backend: 'cpu' });
  return engine;
}

/** Ends the engine, whose message channel would keep Node alive. */
export async function endCpuEngine(): Promise<void> {
  const started = engine;
  engine = null;
  (await started)?.dispose();
}
