// Runs one TypeScript file: `node scripts/ts.mjs FILE [arguments]`. Node 20 cannot run .ts by itself and the project needs no
// build step of its own, so Vite (already a dependency) transpiles the file and what it imports, in memory. The file sees its
// own arguments in process.argv.slice(2), as if it had been started directly.

import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  console.error('ts.mjs: expected a file to run, got nothing. Write: node scripts/ts.mjs FILE [arguments].');
  process.exit(2);
}
process.argv.splice(1, process.argv.length - 1, resolve(file), ...rest);
await runnerImport(resolve(file), { configFile: false, envFile: false, logLevel: 'error' });
