// Six projects, run one after the other (two cores are the measure): `unit` and `types` in Node, the browser tests once per
// software adapter, `e2e` against the built page, and `full` for the long checks of `npm run test:full`. An adapter that is not
// on this machine has no project; `npm test` provides it first, and in CI counts its absence as a failure.

import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

import type { Adapter } from './src/cli/adapters.ts';
import { adapters, launchOptions } from './test/support/chromium.ts';

// What Vite puts in place of these names in the page (vite.config.ts); the tests need values, not the true ones.
const define = { __LOCKSTEP_VERSION__: '"0.0.0-test"', __TFJS_VERSION__: '"0.0.0-test"' };

// As `paths` in tsconfig.json: what programs import by name.
const alias = {
  'lockstep/lab': new URL('./src/lab/lab.ts', import.meta.url).pathname,
  lockstep: new URL('./src/train/lockstep.ts', import.meta.url).pathname,
};

function browserProject(adapter: Adapter, order: number): TestProjectConfiguration {
  return {
    resolve: { alias },
    define,
    cacheDir: `node_modules/.vite/${adapter.name}`,
    // Found at start, not in the middle of a run, where finding them reloads the page under a test.
    optimizeDeps: {
      include: [
        '@tensorflow/tfjs',
        '@tensorflow/tfjs-backend-webgpu',
        'comlink',
        'preact',
        'preact/hooks',
        'preact/jsx-runtime',
        'preact/jsx-dev-runtime',
        '@preact/signals',
        'uplot',
      ],
    },
    test: {
      name: `browser-${adapter.name}`,
      include: ['test/browser/**/*.test.{ts,tsx}'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      fileParallelism: false,
      sequence: { groupOrder: order },
      provide: { adapter: adapter.name, hasShaderF16: adapter.hasShaderF16 === true },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: launchOptions(adapter) }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

const projects: TestProjectConfiguration[] = [
  {
    resolve: { alias },
    define,
    test: {
      name: 'unit',
      environment: 'node',
      include: ['test/unit/**/*.test.{ts,tsx}'],
      testTimeout: 20_000,
      sequence: { groupOrder: 1 },
    },
  },
  {
    resolve: { alias },
    define,
    test: {
      name: 'types',
      include: [],
      typecheck: {
        enabled: true,
        only: true,
        include: ['test/types/**/*.test-d.ts'],
        tsconfig: './tsconfig.json',
        ignoreSourceErrors: true,
      },
      sequence: { groupOrder: 2 },
    },
  },
  ...adapters.map((adapter, index) => browserProject(adapter, 3 + index)),
  {
    resolve: { alias },
    define,
    test: {
      name: 'e2e',
      environment: 'node',
      include: ['test/e2e/**/*.test.ts'],
      globalSetup: ['test/support/build-page.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      fileParallelism: false,
      sequence: { groupOrder: 10 },
    },
  },
];

if (process.env['LOCKSTEP_FULL'] === '1') {
  projects.push({
    resolve: { alias },
    define,
    test: {
      name: 'full',
      environment: 'node',
      include: ['test/full/**/*.test.ts'],
      globalSetup: ['test/support/build-page.ts'],
      testTimeout: 1_800_000,
      hookTimeout: 120_000,
      fileParallelism: false,
      sequence: { groupOrder: 11 },
    },
  });
}

export default defineConfig({ test: { projects } });
