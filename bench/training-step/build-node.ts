// `node scripts/ts.mjs bench/training-step/build-node.ts`: installs Dawn where it is not here yet and bundles what bench/on-gpu.sh runs or packs.

import { providePeers } from '../peers.ts';
import { bundleForNode } from './node-bundle.ts';

await providePeers((line) => console.error(line));
await bundleForNode();
