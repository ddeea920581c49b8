// Entry of the page. `?backend=webgl` in its address computes on that and nothing else; `?autotune=never` or `first` says when GPU kernels are
// tuned, which is otherwise done while the page is idle.

import { lateRunner } from '../state/late-runner.ts';
import { createStorage } from '../state/storage.ts';
import { defaultProgram, loadCards, originals } from './experiments.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('main: expected an element #page in index.html, got none.');
const address = new URLSearchParams(location.search);
const backend = address.get('backend') ?? 'auto';
const runner = lateRunner(async () => {
  const [{ Runner }, { Tuning, tuningModes }, { keepVariants }] = await Promise.all([
    import('../runner/runner.ts'),
    import('../runner/tuning.ts'),
    import('../state/kept-variants.ts'),
  ]);
  const mode = tuningModes.find((known) => known === address.get('autotune')) ?? 'idle';
  return new Runner(backend, new Tuning(mode, keepVariants(createStorage(() => window.localStorage))));
});
void startPage(root, runner, { originals, defaultProgram, loadCards });
