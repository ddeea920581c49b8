// Times one pass of one layer, with our kernels or with tfjs's, on an engine of its own.

import type { VariantTable } from '../../src/core/kernel-variants.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { setVariantTable } from '../../src/engine/tune/variant-table.ts';
import { passesOf, type Passes } from './layer-passes.ts';
import { benchLayers } from './layers.ts';

/** Whose kernels run. */
export type Side = 'ours' | 'stock';

declare global {
  interface Window {
    /** Milliseconds of one call, from the first command to the device having done the last of `callCount`, divided by `callCount`. */
    benchPass?: (layer: string, pass: string, side: Side, callCount: number) => Promise<number>;
    /** The passes of a layer; its inputs are made, and those of the layer before are given back. */
    benchLayer?: (layer: string) => readonly string[];
  }
}

const engine = await startEngine({ backend: 'webgpu' });
/** Says `stock` whatever it is asked: every kernel of ours has it among its variants. */
const stockEverywhere: VariantTable = new Proxy({}, { get: () => 'stock' });

let passes: Passes = new Map();

window.benchLayer = (name) => {
  const layer = benchLayers.find((one) => one.name === name);
  if (layer === undefined) throw new Error(`bench: expected a layer of layers.ts, got ${name}.`);
  if (passes.size > 0) tf.engine().endScope();
  tf.engine().startScope();
  passes = passesOf(layer);
  return [...passes.keys()];
};

window.benchPass = async (layer, pass, side, callCount) => {
  const run = passes.get(pass);
  if (run === undefined) throw new Error(`bench: expected a pass of ${layer}, got ${pass}.`);
  setVariantTable(side === 'stock' ? stockEverywhere : {});
  await engine.sync();
  const from = performance.now();
  for (let call = 0; call < callCount; call++) tf.dispose(run());
  await engine.sync();
  return (performance.now() - from) / callCount;
};
