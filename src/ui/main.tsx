// Entry of the page.

import { Runner } from '../runner/runner.ts';
import { defaultProgram, originals } from './experiments.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('main: expected an element #page in index.html, got none.');
startPage(root, new Runner(), { originals, defaultProgram });
