// Entry of the page. `?backend=webgl` in its address computes on that and nothing else.

import { Runner } from '../runner/runner.ts';
import { defaultProgram, loadCards, originals } from './experiments.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('main: expected an element #page in index.html, got none.');
const backend = new URLSearchParams(location.search).get('backend') ?? 'auto';
void startPage(root, new Runner(backend), { originals, defaultProgram, loadCards });
