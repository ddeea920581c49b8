// The projects (`scripts/test.ts` says which run side by side; two cores are the measure): `unit` and `types` in Node, the browser tests once
// per software adapter, `e2e` against the built page in Chromium and the part of it that holds everywhere in Firefox and WebKit, and `full`
// for the long checks of `npm run test:full`. An adapter that is not on this machine has no project; `npm test` provides it first, and in
// CI counts its absence as a failure.

import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

import { findFirefox, findWebkit, type Adapter } from './src/cli/adapters.ts';
import type { BrowserName } from './src/cli/browsers/page-driver.ts';
import { launchOptions } from './src/cli/browsers/chromium-driver.ts';
import { adapters, root } from './test/support/chromium.ts';

// What Vite puts in place of these names in the page (vite.config.ts); the tests need values, not the true ones.
const define = { __LOCKSTEP_VERSION__: '"0.0.0-test"', __TFJS_VERSION__: '"0.0.0-test"' };

// As `paths` in tsconfig.json: what programs import by name.
const alias = {
  'lockstep/lab': new URL('./src/lab/lab.ts', import.meta.url).pathname,
  lockstep: new URL('./src/train/lockstep.ts', import.meta.url).pathname,
};

const firstBrowserOrder = 3;

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
      // The page's components do not touch the GPU: one adapter is enough for them.
      include:
        order === firstBrowserOrder ? ['test/browser/**/*.test.{ts,tsx}'] : ['test/browser/*.test.ts', 'test/browser/engine/**/*.test.ts'],
      // Nor does 16 bits' simulation depend on it, on WebGL and the CPU.
      exclude: order === firstBrowserOrder ? [] : ['test/browser/engine/simulated-f16.test.ts'],
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

/** End-to-end tests that hold for every engine; the others are about the command line and about Chromium's own tools. */
const everyEngine = ['bad-input', 'cli-browsers', 'from-file', 'lanes', 'sandbox', 'static-host', 'worker-policy'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

function e2eProject(browser: BrowserName, include: string[], order: number): TestProjectConfiguration {
  return {
    resolve: { alias },
    define,
    test: {
      name: browser === 'chromium' ? 'e2e' : `e2e-${browser}`,
      environment: 'node',
      include,
      globalSetup: ['test/support/build-page.ts'],
      testTimeout: 180_000,
      hookTimeout: 120_000,
      // The page answers when it can; a machine that does something else besides takes seconds.
      expect: { poll: { timeout: 20_000 } },
      fileParallelism: false,
      isolate: false, // files share nothing but modules, and loading those anew took a second each
      // Firefox and WebKit are driven over the network; a lost answer is theirs, twice in a row is ours.
      retry: browser === 'chromium' ? 0 : 1,
      sequence: { groupOrder: order },
      provide: { browser },
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
      isolate: false, // as end to end: loading modules anew for each of a hundred files took two thirds of the time
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
  ...adapters.map((adapter, index) => browserProject(adapter, firstBrowserOrder + index)),
  // The command line in Chromium is cli.test.ts; cli-browsers.test.ts is for the others.
  e2eProject('chromium', ['test/e2e/!(cli-browsers).test.ts'], 10),
  ...(findFirefox(root, 'llvmpipe') === null ? [] : [e2eProject('firefox', everyEngine, 11)]),
  ...(findWebkit(root) === null ? [] : [e2eProject('webkit', everyEngine, 12)]),
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
      sequence: { groupOrder: 13 },
      provide: { browser: 'chromium' },
    },
  });
}

export default defineConfig({ test: { projects } });
