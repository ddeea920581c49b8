// Entry of the page. `?backend=webgl` in its address computes on that and nothing else.

import { lateRunner } from '../state/late-runner.ts';
import { defaultProgram, loadCards, originals } from './experiments.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('main: expected an element #page in index.html, got none.');
const backend = new URLSearchParams(location.search).get('backend') ?? 'auto';
const runner = lateRunner(async () => new (await import('../runner/runner.ts')).Runner(backend));
void startPage(root, runner, { originals, defaultProgram, loadCards });
