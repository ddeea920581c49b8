// Where does the device spend a step? `npm run bench -- kernels [--only MODEL,…]`: the ten most expensive kernels of each library, by timestamp queries, on whatever
// adapter Dawn finds in Node.

import type { BenchOptions, BenchReport } from './measurement.ts';
import { providePeers } from './peers.ts';
import { chosenModels } from './training-step/model-names.ts';
import { bundleForNode } from './training-step/node-bundle.ts';
import { withSides } from './training-step/node/fork-side.ts';
import { kernelLines } from './training-step/node/kernels.ts';

/** Times the kernels of every model, or of those that `--only` names. */
export async function bench({ only, say }: BenchOptions): Promise<BenchReport> {
  const models = chosenModels(only);
  await providePeers(say);
  return withSides(['stock', 'jax-js', 'lockstep'], await bundleForNode(), [], async (sides, adapter) => {
    const lines: string[] = [];
    for (const model of models) lines.push(...(await kernelLines(model, sides)));
    return { text: [`kernels: Dawn in Node, ${adapter}`, '', ...lines].join('\n'), data: { adapter, lines } };
  });
}
