// What a training step costs the processor where the GPU costs nothing: `npm run bench -- overhead [--only MODEL,…]`. Ours beside stock tfjs and jax-js on Dawn's null
// backend in Node, in a process each, in turns.

import { reportOf, type BenchOptions, type BenchReport } from './measurement.ts';
import { providePeers } from './peers.ts';
import { chosenModels } from './training-step/model-names.ts';
import { bundleForNode } from './training-step/node-bundle.ts';
import { overheadTable } from './training-step/results-table.ts';
import { measureOverhead, overheadNote, overheadRows } from './training-step/node/overhead.ts';

/** Measures every model, or those that `--only` names, in so many rounds. */
export async function bench({ repeats, only, say }: BenchOptions): Promise<BenchReport> {
  const models = chosenModels(only);
  await providePeers(say);
  const times = await measureOverhead(models, await bundleForNode(), repeats);
  const place = { benchmark: 'overhead', adapter: "Dawn's null backend", browser: 'Node', repeats };
  const report = reportOf(place, times.flatMap(overheadRows), [overheadNote(times)]);
  return { ...report, markdown: overheadTable(times, repeats) };
}
