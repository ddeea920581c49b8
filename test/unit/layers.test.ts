// The layer arrows as the linter enforces them: the project's own configuration, run over small trees that break one rule each,
// beside a tree that breaks none. A rule that stopped working would let its tree pass.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The rules that each file of a tree breaks, as `path: rule`, sorted. */
function brokenRules(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-layers-'));
  try {
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', 'oxlint'), ['--format=json', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (!stdout.startsWith('{')) throw new Error(`oxlint: expected JSON, got: ${stdout}${stderr}`);
    // oxlint's own format
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly code: string; readonly filename: string }[] };
    return diagnostics.map(({ filename, code }) => `${filename}: ${code}`).toSorted();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const using = (specifier: string): string => `import { a } from '${specifier}';\nexport const b = a;\n`;

test('imports along the arrows pass', () => {
  const files = {
    'src/core/x.ts': 'export const a = 1;\n',
    'src/engine/tf.ts': using('@tensorflow/tfjs'),
    'src/rpc/connect.ts': using('comlink'),
    'src/data/d.ts': using('../engine/tf.ts'),
    'src/cluster/deep/c.ts': using('../../collective/c.ts'),
    'src/state/cluster.ts': using('../cluster/c.ts'),
    'src/train/deep/t.ts': using('../../lab/l.ts'),
    'src/runner/r.ts': using('../train/t.ts'),
    'src/compare/c.ts': using('../runner/r.ts'),
    'src/state/s.ts': using('../compare/c.ts'),
    'src/cli/reference/families/f.ts': using('../../../engine/tf.ts'),
    'src/ui/editor/e.ts': "import Editor from '../../../workers/editor.worker.ts?worker';\nexport const b = Editor;\n",
    'src/experiments/m.ts': `${using('@tensorflow/tfjs')}import { c } from 'lockstep';\nimport { d } from 'lockstep/lab';\nexport const e = [c, d];\n`,
  };
  expect(brokenRules(files)).toEqual([]);
});

test('every import against the arrows is refused, types included', () => {
  const files = {
    'src/core/train.ts': using('../train/lane.ts'),
    'src/core/deep/engine.ts': using('../../engine/tf.ts'),
    'src/core/type.ts': "import type { A } from '../ui/a.ts';\nexport type B = A;\n",
    'src/collective/engine.ts': using('../engine/tf.ts'),
    'src/collective/cluster.ts': using('../cluster/networks.ts'),
    'src/cluster/train.ts': using('../train/lane.ts'),
    'src/engine/train.ts': using('../train/lane.ts'),
    'src/train/runner.ts': using('../runner/results.ts'),
    'src/runner/compare.ts': using('../compare/run-difference.ts'),
    'src/compare/state.ts': using('../state/run.ts'),
    'src/runner/state.ts': using('../state/run.ts'),
    'src/state/ui.ts': using('../ui/main.tsx'),
    'src/cli/engine.ts': using('../engine/tf.ts'),
    'src/cli/reference/families/state.ts': using('../../../state/s.ts'),
    'src/train/tensorflow.ts': using('@tensorflow/tfjs-core'),
    'src/ui/tensorflow.ts': using('@tensorflow/tfjs'),
    'src/runner/comlink.ts': using('comlink'),
    'src/runner/worker.ts': using('../../workers/replica.worker.ts'),
    'src/ui/experiment.ts': using('../experiments/mnist.ts'),
    'src/experiments/inside.ts': using('../core/errors.ts'),
    'src/experiments/part.ts': using('@tensorflow/tfjs-core'),
    'src/experiments/foreign.ts': using('comlink'),
  };
  expect(brokenRules(files)).toEqual(
    Object.keys(files)
      .map((path) => `${path}: eslint(no-restricted-imports)`)
      .toSorted(),
  );
});

test('a cycle is refused', () => {
  const files = {
    'src/train/a.ts': "import { b } from './b.ts';\nexport const a = b;\n",
    'src/train/b.ts': "import { a } from './a.ts';\nexport const b = a;\n",
  };
  expect(brokenRules(files)).toEqual(['src/train/a.ts: import(no-cycle)', 'src/train/b.ts: import(no-cycle)']);
});
