// Entry of fake-page.html: the real page around a fake runner.

import { defaultProgram, loadCards, originals } from '../../src/ui/experiments.ts';
import { startPage } from '../../src/ui/start-page.tsx';
import { FakeRunner } from './fake-runner.ts';
import type { RunFailure } from '../../src/runner/run-events.ts';

const parameters = new URLSearchParams(location.search);
const script = parameters.get('script') ?? 'train';

const failure = (code: string, message: string): RunFailure => ({
  code,
  message,
  hint: null,
  lane: null,
  rank: null,
  place: script === 'fail' ? { line: 12, column: 5, text: "    tf.layers.dense({ units: 9, activation: 'softmax' })," } : null,
  stack: 'Error: fake\n    at model (lockstep-program.js:12:5)',
});

const failures: Readonly<Record<string, RunFailure>> = {
  fail: failure('shape-mismatch', 'loss: predictions are [128, 9], labels are [128, 10]. The last layer needs 10 units. (fake)'),
  lost: failure('device-lost', 'The GPU device was lost: out of memory. (fake)'),
  bug: failure('internal', 'record: expected a finished batch, got none. (fake)'),
};

const root = document.getElementById('page');
if (root === null) throw new Error('fake-page: expected an element #page, got none.');
void startPage(
  root,
  new FakeRunner({
    lanes: parameters.get('lanes') ?? '1xfp32,1xfp16,4xfp32,4xfp16',
    steps: Number(parameters.get('steps') ?? 300),
    batchMs: Number(parameters.get('batchMs') ?? 40),
    failure: failures[script] ?? null,
    isSilent: script === 'silent',
  }),
  { originals, defaultProgram, loadCards },
);
