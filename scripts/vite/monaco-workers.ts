// A Vite plugin for Monaco. It leaves Monaco's own TypeScript worker out of the build: the page starts its own (workers/ts.worker.ts) through
// `MonacoEnvironment`, but Monaco also names its default in a `new Worker(new URL(…))`, which the bundler cannot know is never
// reached: seven megabytes, and most of the time of a build.

import type { Plugin } from 'vite';

const file = 'monaco-editor/esm/vs/languages/features/typescript/workerManager.js';
const unusedWorker = /createWorker: \(\) => new Worker\(new URL\('ts\.worker\.js', import\.meta\.url\), \{ type: "module" \}\),/;

/** The plugin. Throws where Monaco no longer looks as expected. */
export function monacoWorkers(): Plugin {
  let isBuild = false;
  return {
    name: 'lockstep-monaco-workers',
    enforce: 'pre',
    // Found while scanning rather than while running: a dependency that is discovered late reloads the page under its editor.
    config: () => ({ optimizeDeps: { entries: ['index.html', 'workers/editor.worker.ts', 'workers/ts.worker.ts'] } }),
    configResolved(config) {
      isBuild = config.command === 'build';
    },
    transform(code, id) {
      if (!isBuild || !id.split('\\').join('/').endsWith(file)) return null;
      if (!unusedWorker.test(code))
        this.error(`monaco-workers: expected ${file} to start ts.worker.js, got something else. Look at it after every update of Monaco.`);
      return { code: code.replace(unusedWorker, ''), map: null };
    },
  };
}
