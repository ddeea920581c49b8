// Entry of the page. `?backend=webgl` in its address computes on that and nothing else; `?autotune=never` or `first` says when GPU kernels are
// tuned, which is otherwise done while the page is idle.

import { Tuning, tuningModes } from '../runner/tuning.ts';
import { keepVariants } from '../state/kept-variants.ts';
import { lateRunner } from '../state/late-runner.ts';
import { createStorage } from '../state/storage.ts';
import { defaultProgram, loadCards, originals } from './experiments.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('main: expected an element #page in index.html, got none.');
const address = new URLSearchParams(location.search);
const backend = address.get('backend') ?? 'auto';
const mode = tuningModes.find((known) => known === address.get('autotune')) ?? 'idle';
const tuning = new Tuning(mode, keepVariants(createStorage(() => window.localStorage)));
const runner = lateRunner(async () => new (await import('../runner/runner.ts')).Runner(backend, tuning));
void startPage(root, runner, { originals, defaultProgram, loadCards });
